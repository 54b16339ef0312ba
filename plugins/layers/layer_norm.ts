import * as tf from "@tensorflow/tfjs";
import type { LayerVariable, SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import { UnaryLayer } from "./layer.ts";
import type { Norm } from "./norm.ts";

/** Options of {@link layerNorm}. */
export interface LayerNormOptions {
  /** Added to the variance. @default 1e-6 */
  readonly epsilon?: number;
}

class LayerNorm extends UnaryLayer<Required<LayerNormOptions>> {
  static readonly className = "LayerNorm";
  /** See `receptiveField`. */
  readonly pointwise = true;
  // tfjs calls build() before call().
  #scale!: LayerVariable;
  #offset!: LayerVariable;

  override build(inputShape: number[]): void {
    const channels = inputShape.slice(-1);
    this.#scale = this.addWeight("gamma", channels, "float32", tf.initializers.ones());
    this.#offset = this.addWeight("beta", channels, "float32", tf.initializers.zeros());
    this.built = true;
  }

  protected override compute(x: Tensor): Tensor {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    const normalised = tf.mul(centred, tf.rsqrt(tf.add(variance, this.config.epsilon)));
    return tf.add(tf.mul(normalised, this.#scale.read()), this.#offset.read());
  }
}
tf.serialization.registerClass(LayerNorm);

/**
 * Layer normalisation over the channels of each pixel (Ba et al. 2016), as in NAFNet's `LayerNorm2d`;
 * the same in every mode and for every batch size.
 *
 * @returns A norm that keeps the shape; its layer is named `BLOCK_layer_norm`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { layerNorm } from "./layer_norm.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [1, 2, 2] });
 * const outputs = layerNorm({ epsilon: 0 })(input, { name: "block1", seed: 23 });
 * const model = tf.model({ inputs: input, outputs });
 * const y = model.apply(tf.tensor4d([1, 3, 10, 0], [1, 1, 2, 2])) as tf.Tensor;
 * assertEquals([...y.dataSync()], [-1, 1, 1, -1]);
 * ```
 */
export function layerNorm({ epsilon = 1e-6 }: LayerNormOptions = {}): Norm {
  return (x, { name }) =>
    new LayerNorm({ name: `${name}_layer_norm`, epsilon }).apply(x) as SymbolicTensor;
}
