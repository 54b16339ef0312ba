/** How fast the engine in use computes. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";

/** How long a rate is measured, ms. */
const MEASURED = 200;

/**
 * The best rate of a convolution and its two gradients, GFLOP/s.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { measureRate } from "./rate.ts";
 * import { assert } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * assert(await measureRate() > 0);
 * ```
 */
export async function measureRate(): Promise<number> {
  // Small first: plain JavaScript would take minutes for what keeps a fast engine busy.
  const rough = await rateOf({ channels: 16, filters: 32, times: 1 });
  // A GPU is read every 10 ms at most: there are so many at once that this does not show.
  return rough < 1 ? rough : await rateOf({ channels: 64, filters: 128, times: 10 });
}

async function rateOf(
  { channels, filters, times }: { channels: number; filters: number; times: number },
): Promise<number> {
  const size = 32;
  const x = tf.ones<tf.Rank.R4>([1, size, size, channels]);
  const filter = tf.ones<tf.Rank.R4>([4, 4, channels, filters]);
  const gigaflop = times * 3 * 2 * filter.size * (size / 2) ** 2 / 1e9;
  const begin = performance.now();
  let best = Infinity;
  // The first is slow: it compiles, and threads wake up.
  for (let run = 0; run < 3 || performance.now() - begin < MEASURED; run++) {
    const start = performance.now();
    const sum = tf.tidy(() => {
      const all = Array.from({ length: times }, () => convolutionGradients(x, filter));
      return tf.addN(all.flat().map((gradient) => tf.sum(gradient)));
    });
    await sum.data();
    sum.dispose();
    best = Math.min(best, performance.now() - start);
  }
  tf.dispose([x, filter]);
  return gigaflop / (best / 1e3);
}

/** A convolution of stride 2. */
export function convolve(x: Tensor, filter: Tensor): Tensor {
  return tf.conv2d(x as Tensor4D, filter as Tensor4D, 2, "same");
}

/** The gradients of the sum of {@link convolve}, by x and filter. */
export function convolutionGradients(x: Tensor4D, filter: Tensor4D): [Tensor, Tensor] {
  return tf.grads(convolve)([x, filter]) as [Tensor, Tensor];
}
