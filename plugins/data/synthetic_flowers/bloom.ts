/** What makes up a flower that is seen from above, and the colours and rings that they share. */
import type { Random } from "../../../core/plugin.ts";
import type { BladeColours } from "./blade.ts";
import { between } from "./chance.ts";
import { type Colour, shade } from "./svg.ts";

/** One ring of petals. */
export interface Ring {
  readonly petals: number;
  /** Share of the head's radius. */
  readonly length: number;
  /** Half a petal's width, as a share of its length. */
  readonly width: number;
}

/** What lies in the middle of a head. */
export interface Centre {
  /** Share of the head's radius; 0 for none. */
  readonly radius: number;
  readonly kind: "florets" | "seeds" | "stamens";
  readonly inner: Colour;
  readonly outer: Colour;
  readonly tip: Colour;
}

/** A flower that is seen from above. */
export interface Bloom {
  /** From the outermost to the innermost. */
  readonly rings: readonly Ring[];
  readonly taper: readonly [number, number];
  readonly wave: number;
  readonly notch: number;
  /** How unevenly petals lie, 0…1. */
  readonly disorder: number;
  readonly colours: BladeColours;
  readonly centre: Centre;
}

export const yellow: Colour = [46, 92, 52],
  orange: Colour = [24, 92, 54],
  red: Colour = [358, 78, 44];
export const pink: Colour = [335, 72, 68],
  magenta: Colour = [318, 62, 48],
  purple: Colour = [276, 48, 52];
export const blue: Colour = [228, 58, 58],
  white: Colour = [50, 14, 93],
  cream: Colour = [44, 58, 84];
export const salmon: Colour = [12, 82, 68],
  lilac: Colour = [268, 46, 74],
  wine: Colour = [345, 68, 30];

/** Petals of one colour, darker or differently tinted at the base, each flower a little its own. */
export function petals(random: Random, colour: Colour, veins: number, base?: Colour): BladeColours {
  const [h, s, l] = colour;
  const own: Colour = [h + between(random, -6, 6), s, l + between(random, -5, 5)];
  const pale = l > 80;
  return {
    base: base ?? shade(own, pale ? -20 : -15, pale ? -4 : 4),
    middle: own,
    tip: shade(own, pale ? 4 : between(random, 4, 12)),
    vein: shade(own, pale ? -42 : -30),
    veins,
    veining: pale ? 0.36 : 0.44,
  };
}

/** Rings that grow shorter and relatively broader inwards, to a length of `last`. */
export function rings(
  count: number,
  petals: number,
  width: number,
  last: number,
  fewer = 0,
): Ring[] {
  return Array.from({ length: count }, (_, i) => {
    const along = count === 1 ? 0 : i / (count - 1);
    return {
      petals: Math.max(5, Math.round(petals - fewer * along)),
      length: 1 - (1 - last) * along,
      width: width * (1 + 0.35 * along),
    };
  });
}

/** A centre of these colours: inside, outside, and what opens or sheds pollen. */
export function centre(
  kind: Centre["kind"],
  radius: number,
  inner: Colour,
  outer: Colour,
  tip: Colour,
): Centre {
  return { kind, radius, inner, outer, tip };
}

/** Of florets full of pollen: inside, outside, open. */
export const golden: readonly [Colour, Colour, Colour] = [[38, 85, 36], [44, 92, 50], [52, 95, 66]];
