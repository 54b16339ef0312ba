/** Colours and shapes as SVG text. */

/** A colour by hue (degrees), saturation and lightness (per cent). */
export type Colour = readonly [hue: number, saturation: number, lightness: number];

/** A point; y grows downwards, as in SVG. */
export type Point = readonly [x: number, y: number];

/** The colour for an attribute. */
export function css([hue, saturation, lightness]: Colour, alpha = 1): string {
  const clipped = [saturation, lightness].map((v) => Math.min(100, Math.max(0, v)));
  return `hsla(${short(((hue % 360) + 360) % 360)},${short(clipped[0]!)}%,${short(clipped[1]!)}%,${
    short(alpha)
  })`;
}

/** The colour, lighter (or darker) and more (or less) saturated by so many per cent. */
export function shade([h, s, l]: Colour, lighter: number, moreSaturated = 0): Colour {
  return [
    h,
    Math.min(100, Math.max(0, s + moreSaturated)),
    Math.min(100, Math.max(0, l + lighter)),
  ];
}

/** A number with two decimals at most: drawings are long texts. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A line through the points, with one decimal: a tenth of a unit is far below a pixel. */
export function polyline(points: readonly Point[]): string {
  return "M" + points.map(([x, y]) => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`)
    .join(" ");
}

/** A vertical gradient from y = 0 (first colour) to y = -`length` (last colour). */
export function lengthwise(id: string, length: number, colours: readonly string[]): string {
  const stops = colours.map((colour, i) =>
    `<stop offset="${short(i / (colours.length - 1))}" stop-color="${colour}"/>`
  );
  return `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="0" ` +
    `y2="${short(-length)}">${stops.join("")}</linearGradient>`;
}

/** A gradient from the centre outwards, for the box of whatever it fills. */
export function radial(
  id: string,
  stops: readonly (readonly [offset: number, colour: string])[],
  focus: Point = [0.5, 0.5],
): string {
  const all = stops.map(([offset, colour]) =>
    `<stop offset="${short(offset)}" stop-color="${colour}"/>`
  );
  return `<radialGradient id="${id}" fx="${short(focus[0])}" fy="${short(focus[1])}">` +
    `${all.join("")}</radialGradient>`;
}
