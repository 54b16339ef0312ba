import { normaliseGroups } from "./group_norm.ts";
import type { Norm } from "./norm.ts";

/** Options of {@link instanceNorm}. */
export interface InstanceNormOptions {
  /** Added to the variance. @default 1e-5 */
  readonly epsilon?: number;
  /** Learns a scale and an offset for each channel. @default false */
  readonly affine?: boolean;
  /**
   * Leaves the convolution before it a bias, which does nothing, since the mean is taken away: only
   * for the exact numbers of parameters of the PyTorch code of CycleGAN and pix2pixHD.
   * @default false
   */
  readonly bias?: boolean;
}

/**
 * Instance normalisation (Ulyanov et al. 2016): each channel of each picture by itself, over height
 * and width. It does the same in every mode, and whatever the batch.
 *
 * As group normalisation with a group for each channel (Wu and He 2018, section 3.1).
 *
 * @returns A function from `[batch, height, width, channels]` to the same shape, whose layer has
 * the block's name and `_instance_norm`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { instanceNorm } from "./instance_norm.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [1, 2, 2] });
 * const outputs = instanceNorm({ epsilon: 0 })(input, { name: "down2", seed: 23 });
 * const model = tf.model({ inputs: input, outputs });
 * const y = model.apply(tf.tensor4d([1, 0, 3, 10], [1, 1, 2, 2])) as tf.Tensor;
 * assertEquals([...y.dataSync()], [-1, -1, 1, 1]);
 * ```
 */
export function instanceNorm(
  { epsilon = 1e-5, affine = false, bias = false }: InstanceNormOptions = {},
): Norm {
  const norm: Norm = (x, block) => {
    const name = `${block.name}_instance_norm`;
    return normaliseGroups(x, { name, groups: x.shape.at(-1) ?? 1, epsilon, affine });
  };
  return bias ? Object.assign(norm, { bias }) : norm;
}
