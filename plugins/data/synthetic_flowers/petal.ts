/** What drawings are made of: numbers, colours, and petals, which leaves and grass are, too. */
import { drawFrom, type Random } from "../../../core/plugin.ts";

/** Hue (degrees), saturation and lightness (per cent). */
export type Colour = readonly [hue: number, saturation: number, lightness: number];

/** A number in `low`…`high`. */
export function between(random: Random, low: number, high: number): number {
  return drawFrom([low, high], random);
}

/** One of the items, each equally likely. */
export function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[random.integer(items.length)] ?? items[0];
}

/** Two decimals: drawings are long texts, and the same on every machine. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** The colour as an SVG attribute. */
export function css([hue, ...rest]: Colour, alpha = 1): string {
  const [s, l] = rest.map((value) => short(Math.min(100, Math.max(0, value))));
  return `hsla(${short((hue + 360) % 360)},${s}%,${l}%,${short(alpha)})`;
}

/** The same hue, lighter by so many per cent. */
export function lighten([hue, saturation, lightness]: Colour, by: number): Colour {
  return [hue, saturation, lightness + by];
}

/** A place and a turn, as SVG applies them. */
export function placed(body: string, x: number, y: number, degrees = 0, scale = "1"): string {
  return `<g transform="translate(${short(x)} ${short(y)})rotate(${short(degrees)})` +
    `scale(${scale})">${body}</g>`;
}

/** The shape of a petal, a leaf or a blade of grass. */
export interface PetalShape {
  readonly length: number;
  /** Half of its width. */
  readonly width: number;
  /** From 0 (a round tip) to 1 (a sharp one). */
  readonly point: number;
  /** How far the tip lies to the side. @default 0 */
  readonly bend?: number;
  /** Fine lines along it. */
  readonly veins: number;
}

/** A petal from the origin upwards: dark at its base, half of it in shade, with veins. */
export function drawPetal(
  id: string,
  { length, width, point, bend = 0, veins }: PetalShape,
  colour: Colour,
  random: Random,
): string {
  const y = (along: number): string => short(-length * along);
  const x = (across: number, along = 0): string => short(width * across + bend * along * along);
  const side = (u: number): string =>
    `C${x(u * 1.1, 0.3)} ${y(0.3)} ${x(u * (1.25 - point), 1)} ${y(1 - point * 0.35)} ${x(0, 1)} ` +
    y(1);
  // Down again along the other side, or along the middle: the half that is in shade.
  const back = (u: number): string =>
    `C${x(u * (1.25 - point), 1)} ${y(1 - point * 0.35)} ${x(u * 1.1, 0.3)} ${y(0.3)} 0 0Z`;
  const lines = Array.from({ length: veins }, (_, i) => {
    const u = ((i + 0.5) / veins * 2 - 1) * 0.8 + between(random, -0.05, 0.05);
    const end = between(random, 0.75, 0.95);
    return `M0 0Q${x(u, 0.5)} ${y(0.5)} ${x(u * (1 - point * end), end)} ${y(end)}`;
  });
  const dark = lighten(colour, -16), pale = lighten(colour, 10);
  const fine = short(Math.min(width * 0.05, 0.6) + 0.2);
  return `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="0" ` +
    `y2="${y(1)}"><stop offset="0" stop-color="${css(dark)}"/><stop offset=".5" stop-color="` +
    `${css(colour)}"/><stop offset="1" stop-color="${css(pale)}"/></linearGradient>` +
    `<path d="M0 0${side(-1)}${back(1)}" fill="url(#${id})" stroke="${
      css(lighten(colour, -32), 0.35)
    }" stroke-width="1"/>` +
    `<path d="M0 0${side(-1)}${back(random.uniform() < 0.5 ? -0.1 : 0.4)}" fill="${
      css(dark, 0.3)
    }"/>` +
    `<path d="${lines.join("")}" fill="none" stroke="${css(lighten(colour, -30), 0.45)}" ` +
    `stroke-width="${fine}"/>`;
}
