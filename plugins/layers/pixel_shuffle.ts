import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import type { LayerWindow } from "../../core/plugin.ts";
import { interleave } from "./doubling.ts";
import { UnaryLayer } from "./layer.ts";

class PixelShuffle extends UnaryLayer {
  static readonly className = "PixelShuffle";
  readonly window: LayerWindow = {
    sees: (first, last) => [Math.floor(first / 2), Math.floor(last / 2)],
    stride: 1 / 2,
  };

  override computeOutputShape([batch, height, width, channels]: number[]): number[] {
    return [batch!, 2 * height!, 2 * width!, channels! / 4];
  }

  // Not tf.depthToSpace: it has no gradient in tfjs.
  protected override compute(x: Tensor): Tensor {
    // Upper left, upper right, lower left, lower right.
    const parts = tf.split(x, 4, 3);
    const rows = [parts.slice(0, 2), parts.slice(2)];
    return interleave(rows.map((row) => interleave(row, 2)), 1);
  }
}
tf.serialization.registerClass(PixelShuffle);

/** Options of {@link pixelShuffle}. */
export interface PixelShuffleOptions {
  /** The layer's name, unique within the network. */
  readonly name: string;
}

/**
 * Rearranges four groups of channels into 2x2 pixels: upper left, upper right, lower left, lower right
 * (Shi et al. 2016, equation 4; TensorFlow's `depth_to_space`).
 *
 * @param x `[batch, height, width, 4 channels]`.
 * @returns `[batch, 2 height, 2 width, channels]`.
 * @throws {RangeError} If the number of channels is not a multiple of four.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { pixelShuffle } from "./pixel_shuffle.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [1, 1, 4] });
 * const outputs = pixelShuffle(input, { name: "shuffle" });
 * const model = tf.model({ inputs: input, outputs });
 * const y = model.apply(tf.tensor4d([1, 2, 3, 4], [1, 1, 1, 4])) as tf.Tensor4D;
 * assertEquals(y.arraySync(), [[[[1], [2]], [[3], [4]]]]);
 * ```
 */
export function pixelShuffle(x: SymbolicTensor, { name }: PixelShuffleOptions): SymbolicTensor {
  const channels = x.shape.at(-1) ?? 0;
  if (channels % 4 !== 0) {
    throw new RangeError(
      `Cannot shuffle ${channels} channels in "${name}". Use a multiple of 4.`,
    );
  }
  return new PixelShuffle({ name }).apply(x) as SymbolicTensor;
}
