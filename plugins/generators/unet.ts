import type { Generator } from "../../core/plugin.ts";
import { buildHourglass, type HourglassOptions } from "../layers/hourglass.ts";

/** Options of {@link unet}; the defaults are the paper's. */
export interface UnetOptions extends HourglassOptions {
  /**
   * Applies the decoder's ReLU after the concatenation, as in the paper's code. If false, it is
   * applied to the decoder's features only, and the encoder's (skips and innermost features) keep
   * their negative part, as in the notebook. @default true
   */
  readonly reluOnSkips?: boolean;
}

/**
 * The paper's generator (section 6.1.1): an encoder of strided convolutions, a decoder of transposed
 * convolutions, and skips that concatenate the encoder's features of each size to the decoder's.
 *
 * Layers are named from the outside in (`down1_convolution`, …) and back out (`up1_…`, …,
 * `output_…`). A norm follows every convolution but the first, the innermost and the last; those
 * have a bias instead. `upsample: resizeUpsampling()` avoids checkerboards.
 *
 * @returns A network from `[batch, height, width, channels]` in -1…1 to the target's channels at the
 * same size, a multiple of 2^(number of filters). Without `filters`, it halves the picture as often
 * as it can: for powers of 2, down to a side of one pixel.
 * @throws {PairlabError} If the size cannot be halved that often; the message names sizes that can.
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
