import { type Augment, checkRange, drawFrom, type Picture, type Range } from "../../../mod.ts";

/** Options of {@link myAugment}. */
export interface MyAugmentOptions {
  /** What levels are multiplied by: a number, or a range that it is drawn from. @default [0.8, 1.2] */
  readonly gain?: Range;
}

/**
 * Makes both pictures of a pair brighter or darker, by the same gain.
 *
 * @throws {PairlabError} At once for a gain that is negative or none.
 */
export function myAugment(
  { gain = [0.8, 1.2] }: MyAugmentOptions = {},
): Augment {
  checkRange(gain, { name: "gain", least: 0, most: 100, example: "0 or more, e.g. [0.8, 1.2]" });
  return ({ name, input, target }, random) => {
    // One draw for both: what was a pair stays one.
    const drawn = drawFrom(gain, random);
    return { name, input: brighten(input, drawn), target: brighten(target, drawn) };
  };
}

/** Floats span 0…255 like 8 bits; 16 bits have more. */
function brighten(picture: Picture, gain: number): Picture {
  const most = picture.data instanceof Uint16Array ? 65535 : 255;
  // A copy: pictures that were loaded are used again in the next epoch.
  const data = picture.data.slice();
  for (const [index, level] of data.entries()) data[index] = Math.min(most, level * gain);
  return { ...picture, data };
}
