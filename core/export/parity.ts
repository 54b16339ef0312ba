/** How far an exported network is from Pairlab's own prediction. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import type { Picture } from "../interfaces/pictures.ts";
import type { ExportedNetwork } from "./format.ts";

/** An export that differs by more is not left behind. */
export const MOST_LEVELS = 1;

/** The difference between two networks on the same pictures, in levels of 0…255. */
export interface Parity {
  readonly pictures: number;
  /** Over all pixels and channels of all pictures. */
  readonly largest: number;
  readonly mean: number;
}

/**
 * Compares an exported network with the function that it was made from, picture by picture.
 *
 * @throws {PairlabError} If they differ by more than {@link MOST_LEVELS}, or a value is not finite.
 */
export async function measureParity(
  exported: ExportedNetwork,
  original: (levels: Tensor4D) => Tensor4D,
  pictures: readonly Picture[],
): Promise<Parity> {
  let largest = 0, sum = 0, count = 0;
  for (const picture of pictures) {
    const levels = levelsOf(picture);
    const expected = original(levels);
    const values = await expected.data();
    const found = await exported(levels);
    tf.dispose([levels, expected]);
    if (found.length !== values.length) {
      throw new PairlabError(
        `Cannot keep this export: it gives ${found.length} numbers where the network gives ${values.length}.`,
      );
    }
    for (let index = 0; index < values.length; index++) {
      const difference = Math.abs(found[index]! - values[index]!);
      // NaN is larger than any limit, too.
      if (!(difference <= largest)) largest = difference;
      sum += difference;
    }
    count += values.length;
  }
  if (!(largest <= MOST_LEVELS)) {
    throw new PairlabError(
      `Cannot keep this export: it differs from the network by ${largest} levels of 255, and ${MOST_LEVELS} is the most. Please report it with the experiment.`,
    );
  }
  return { pictures: pictures.length, largest, mean: sum / count };
}

/** In words: `at most 0.0003 levels of 255 on 10 pictures`. */
export function describeParity({ largest, pictures }: Parity): string {
  const levels = largest === 0 ? "0" : largest.toPrecision(2);
  return `at most ${levels} levels of 255 on ${pictures} picture${pictures === 1 ? "" : "s"}`;
}

/** A picture as a batch of levels in 0…255. */
export function levelsOf({ data, height, width, channels }: Picture): Tensor4D {
  const scale = data instanceof Uint16Array ? 1 / 257 : 1;
  const levels = Float32Array.from(data, (value) => value * scale);
  return tf.tensor4d(levels, [1, height, width, channels]);
}
