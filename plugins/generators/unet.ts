import type { Generator } from "../../core/plugin.ts";
import { buildHourglass, type HourglassOptions } from "../layers/hourglass.ts";

/** Options of {@link unet}; the defaults are the paper's. */
export interface UnetOptions extends HourglassOptions {
  /**
   * The decoder's ReLU acts on all that a transposed convolution is given, as in the paper's code.
   * Without it, it acts on the decoder's own features alone, and what comes from the encoder (the
   * skips, and the innermost features) keeps its negative part (the notebook). @default true
   */
  readonly reluOnSkips?: boolean;
}

/**
 * The paper's generator (section 6.1.1): an encoder of convolutions that halve the picture, a
 * decoder of transposed ones that double it, and skips that hand the features of each size across.
 *
 * Layers are named from the outside in (`down1_convolution`, …) and back out (`up1_…`, …,
 * `output_…`). A norm follows every convolution but the first, the innermost and the last; those
 * have a bias instead. With `upsample: resizeUpsampling()` it draws no checkerboards.
 *
 * @returns A network from `[batch, height, width, channels]` in -1…1 to the target's channels, of
 * the same height and width, which are multiples of 2^(number of filters). Without `filters`, it
 * halves the picture as often as it can, for powers of 2 until a side is a single pixel.
 * @throws {PairlabError} For a size that cannot be halved as often, naming those that can.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { unet } from "./unet.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const shape = { height: 32, width: 64, channels: 3 };
 * const generator = unet({ filters: [8, 16, 32] })({ input: shape, target: shape }, 23);
 * assertEquals(generator.outputs[0]?.shape, [null, 32, 64, 3]);
 * ```
 */
export function unet({ reluOnSkips = true, ...options }: UnetOptions = {}): Generator {
  const kind = { name: "unet", inWords: "a U-Net", skips: true, reluOnSkips };
  return (shape, seed) => buildHourglass(shape, seed, kind, options);
}
