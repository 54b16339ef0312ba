import { checkRange, type Degradation, drawFrom, type Range } from "../../../mod.ts";

/** Options of {@link myDegradation}. */
export interface MyDegradationOptions {
  /** What levels are multiplied by: a number, or a range that it is drawn from. @default [0.2, 0.6] */
  readonly gain?: Range;
}

/**
 * Darkens a picture, as too short an exposure does.
 *
 * @throws {PairlabError} At once for a gain that is not from 0 to 1.
 */
export function myDegradation(
  { gain = [0.2, 0.6] }: MyDegradationOptions = {},
): Degradation {
  checkRange(gain, { name: "gain", least: 0, most: 1, example: "0 to 1, e.g. [0.2, 0.6]" });
  return {
    // Part of the names of pairs: "rose.jpg (myDegradation gain=0.31)".
    name: "myDegradation",
    apply: (picture, random) => {
      const drawn = drawFrom(gain, random);
      // A copy: the picture that is given stays as it was, since it is the target.
      const data = picture.data.slice();
      for (const [index, level] of data.entries()) data[index] = level * drawn;
      return { picture: { ...picture, data }, parameters: { gain: drawn } };
    },
  };
}
