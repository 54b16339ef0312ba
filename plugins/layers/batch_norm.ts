import * as tf from "@tensorflow/tfjs";
import type { LayerVariable, SymbolicTensor, Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { batchNormTraining, type Mode } from "../../core/plugin.ts";
import { type Initializer, normal } from "./initializers.ts";
import { UnaryLayer } from "./layer.ts";
import type { Norm } from "./norm.ts";
import { layerSeed } from "./seed.ts";

/**
 * The constants of batch normalisation. The defaults are Torch's and the paper's; Keras' (the
 * notebook's) are `{ epsilon: 1e-3, momentum: 0.99, scaleDeviation: 0 }`.
 */
export interface BatchNormOptions {
  /** Added to the variance. @default 1e-5 */
  readonly epsilon?: number;
  /**
   * Decay of the moving statistics, in Keras' convention: 0.9 is Torch's 0.1. @default 0.9
   */
  readonly momentum?: number;
  /** Standard deviation of the initial scales around 1, as in the paper's code. @default 0.02 */
  readonly scaleDeviation?: number;
}

class BatchNorm extends UnaryLayer<Required<BatchNormOptions> & { readonly seed: number }> {
  static readonly className = "BatchNorm";
  /** See `receptiveField`. */
  readonly pointwise = true;
  // tfjs calls build() before call().
  #scale!: LayerVariable;
  #offset!: LayerVariable;
  #movingMean!: LayerVariable;
  #movingVariance!: LayerVariable;

  override build(inputShape: number[]): void {
    const { seed, scaleDeviation } = this.config;
    const zeros = tf.initializers.zeros(), ones = tf.initializers.ones();
    const scale = scaleDeviation === 0
      ? ones
      : normal({ mean: 1, deviation: scaleDeviation })(seed);
    const add = (name: string, initializer: Initializer, trainable: boolean): LayerVariable =>
      this.addWeight(name, inputShape.slice(-1), "float32", initializer, undefined, trainable);
    // Keras' names.
    this.#scale = add("gamma", scale, true);
    this.#offset = add("beta", zeros, true);
    this.#movingMean = add("moving_mean", zeros, false);
    this.#movingVariance = add("moving_variance", ones, false);
    this.built = true;
  }

  protected override compute(x: Tensor4D, mode: Partial<Mode>): Tensor {
    const { epsilon } = this.config;
    const scale = this.#scale.read() as Tensor1D;
    const offset = this.#offset.read() as Tensor1D;
    if (mode.training !== true) {
      const mean = this.#movingMean.read() as Tensor1D;
      const variance = this.#movingVariance.read() as Tensor1D;
      return tf.batchNorm4d(x, mean, variance, offset, scale, epsilon);
    }
    const { y, mean, variance } = batchNormTraining(x, scale, offset, epsilon);
    if (mode.updateStatistics !== false) {
      this.#follow(this.#movingMean, mean);
      this.#follow(this.#movingVariance, variance);
    }
    return y;
  }

  #follow(moving: LayerVariable, batch: Tensor): void {
    const change = tf.mul(tf.sub(batch, moving.read()), 1 - this.config.momentum);
    moving.write(tf.add(moving.read(), change));
  }
}
tf.serialization.registerClass(BatchNorm);

/**
 * Batch normalisation over batch, height and width (Ioffe and Szegedy 2015). With a batch of one it
 * is the paper's instance normalisation.
 *
 * With `mode.training` it normalises by the batch's statistics and, unless `mode.updateStatistics`
 * is false, updates the moving ones; the moving variance takes Bessel's correction, as in Torch and
 * in TensorFlow's fused kernel. Without `mode.training` it normalises by the moving statistics.
 *
 * @returns A norm that keeps the shape; its layer is named `BLOCK_batch_norm`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { batchNorm } from "./batch_norm.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [2, 2, 3] });
 * const outputs = batchNorm({ epsilon: 1e-3 })(input, { name: "down2", seed: 23 });
 * const model = tf.model({ inputs: input, outputs });
 * assertEquals(model.weights.map((weight) => weight.originalName), [
 *   "down2_batch_norm/gamma",
 *   "down2_batch_norm/beta",
 *   "down2_batch_norm/moving_mean",
 *   "down2_batch_norm/moving_variance",
 * ]);
 * ```
 */
export function batchNorm(
  { epsilon = 1e-5, momentum = 0.9, scaleDeviation = 0.02 }: BatchNormOptions = {},
): Norm {
  return (x, block) => {
    const name = `${block.name}_batch_norm`;
    const seed = layerSeed(block.seed, name);
    const layer = new BatchNorm({ name, epsilon, momentum, scaleDeviation, seed });
    return layer.apply(x) as SymbolicTensor;
  };
}
