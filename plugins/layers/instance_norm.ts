import { normaliseGroups } from "./group_norm.ts";
import type { Norm } from "./norm.ts";

/** Options of {@link instanceNorm}. */
export interface InstanceNormOptions {
  /** Added to the variance. @default 1e-5 */
  readonly epsilon?: number;
  /** Learns a scale and an offset per channel. @default false */
  readonly affine?: boolean;
  /**
   * Keeps the bias of the convolution before it, which has no effect: only to match the parameter
   * counts of CycleGAN's and pix2pixHD's PyTorch code. @default false
   */
  readonly bias?: boolean;
}

/**
 * Instance normalisation (Ulyanov et al. 2016), per picture and channel over height and width; the
 * same in every mode and for every batch size. It is group normalisation with one channel per group
 * (Wu and He 2018, section 3.1).
 *
 * @returns A norm that keeps the shape; its layer is named `BLOCK_instance_norm`.
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
