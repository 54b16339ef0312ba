import type { Generator } from "../../core/plugin.ts";
import { buildHourglass, type HourglassOptions } from "../layers/hourglass.ts";

/** Options of {@link encoderDecoder}; the defaults are the paper's. */
export type EncoderDecoderOptions = HourglassOptions;

/**
 * The paper's encoder-decoder (section 6.1.1), the baseline of its table 2: a U-Net without skips, so
 * all information passes through the innermost features. Layers are named as the U-Net's.
 *
 * @returns A network from `[batch, height, width, channels]` in -1…1 to the target's channels at the
 * same size, a multiple of 2^(number of filters). Without `filters`, it halves the picture as often
 * as it can.
 * @throws {PairlabError} If the size cannot be halved that often; the message names sizes that can.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { encoderDecoder } from "./encoder_decoder.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const shape = { height: 32, width: 64, channels: 3 };
 * const generator = encoderDecoder({ filters: [8, 16, 32] })({ input: shape, target: shape }, 23);
 * assertEquals(generator.outputs[0]?.shape, [null, 32, 64, 3]);
 * ```
 */
export function encoderDecoder(options: EncoderDecoderOptions = {}): Generator {
  const kind = {
    name: "encoder_decoder",
    inWords: "an encoder-decoder",
    skips: false,
    reluOnSkips: false,
  };
  return (shape, seed) => buildHourglass(shape, seed, kind, options);
}
