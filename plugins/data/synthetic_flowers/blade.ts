/** Petals and leaves: an outline along a bent axis, veins within it, light and shade on it. */
import type { Random } from "../../../core/plugin.ts";
import { between } from "./chance.ts";
import { type Colour, css, lengthwise, type Point, polyline, shade, short } from "./svg.ts";

/** How a petal or a leaf is shaped; its base is at the origin and it points upwards. */
export interface BladeShape {
  readonly length: number;
  /** Half of its width, at its widest. */
  readonly width: number;
  /** How it widens from the base (0.3 at once, 2 slowly) and narrows to the tip (0.1 blunt). */
  readonly taper: readonly [base: number, tip: number];
  /** How far the tip lies to the side. @default 0 */
  readonly bend?: number;
  /** Depth of the waves of its edge, as a share of the width. @default 0 */
  readonly wave?: number;
  /** Depth of the notch in its tip, as a share of the length. @default 0 */
  readonly notch?: number;
  /** Small in the picture, so that less shading shows. @default false */
  readonly plain?: boolean;
}

/** What lies on a blade. */
export interface BladeColours {
  readonly base: Colour;
  readonly middle: Colour;
  readonly tip: Colour;
  readonly vein: Colour;
  /** Veins beside the middle one, on each side. */
  readonly veins: number;
  /** How strong veins are, 0…1. */
  readonly veining: number;
}

/** A place on the blade: `t` along it (0…1), `u` across it (-1…1). */
type Surface = (t: number, u: number) => Point;

function surfaceOf(shape: BladeShape, random: Random): Surface {
  const { length, width, taper: [base, tip], bend = 0, wave = 0, notch = 0 } = shape;
  const widest = base / (base + tip);
  const most = widest ** base * (1 - widest) ** tip;
  const waves = between(random, 9, 17), left = random.uniform() * 7, right = random.uniform() * 7;
  return (t, u) => {
    const ruffle = 1 + wave * Math.sin(waves * t + (u < 0 ? left : right)) * t;
    const half = width * (Math.max(t, 0) ** base * Math.max(1 - t, 0) ** tip / most) * ruffle;
    const dip = notch * length * Math.max(0, 1 - Math.abs(u)) * t ** 6;
    return [bend * t * t + u * half, -length * t + dip];
  };
}

/** Places along the blade, denser towards its tip. */
function along(from: number, to: number, steps: number): number[] {
  return Array.from(
    { length: steps + 1 },
    (_, i) => from + (to - from) * (1 - (1 - i / steps) ** 1.4),
  );
}

/**
 * A blade as SVG elements, drawn after the gradient `id`, which it defines: a soft shadow around it,
 * the body, one half in shade, veins, and light on its rim.
 */
export function drawBlade(
  id: string,
  shape: BladeShape,
  { base, middle, tip, vein, veins, veining }: BladeColours,
  random: Random,
): string {
  const surface = surfaceOf(shape, random);
  const rim = along(0, 1, 12);
  const edge = (u: number): Point[] => rim.map((t) => surface(t, u));
  const outline = polyline([...edge(-1), ...edge(1).reverse()]) + "Z";
  const shaded = random.uniform() < 0.5 ? -1 : 1;
  // Bands, each over the one before: the surface turns away from the light by degrees.
  const plain = shape.plain === true || shape.width < 7;
  const bands = (plain ? [0.1] : [0.05, 0.4, 0.72]).map((u) =>
    polyline([...edge(shaded), ...edge(shaded * u).reverse()]) + "Z"
  );
  const lines: string[] = [];
  for (let i = -veins; i <= veins; i++) {
    const u = i / (veins + 0.8) + between(random, -0.04, 0.04);
    const end = between(random, 0.75, 0.97);
    lines.push(polyline(along(0.05, end, 4).map((t) => surface(t, u))));
  }
  const fine = short(Math.min(shape.width * 0.05, shape.length * 0.008) + 0.22);
  const stroke = (path: string, colour: string, width: number | string): string =>
    `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
  const body = (edgeColour: string, edgeWidth: number): string =>
    `<path d="${outline}" fill="url(#${id})" stroke="${edgeColour}" stroke-width="${edgeWidth}"/>`;
  const shades = bands.map((band) =>
    `<path d="${band}" fill="${css(shade(base, -24), plain ? 0.14 : 0.09)}"/>`
  );
  const gradient = lengthwise(id, shape.length, [css(base), css(middle), css(middle), css(tip)]);
  const drawn = shades.join("") + stroke(lines.join(""), css(vein, veining), fine);
  if (plain) return gradient + body(css(shade(middle, -34), 0.32), 1.4) + drawn;
  return gradient + stroke(outline, "rgba(0,0,0,.05)", 9) + stroke(outline, "rgba(0,0,0,.09)", 4) +
    body(css(shade(middle, -30), 0.28), 0.8) + drawn +
    stroke(polyline(edge(-shaded * 0.88).slice(3)), css(shade(tip, 16), 0.3), 1.6);
}
