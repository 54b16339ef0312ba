import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor, Tensor, Tensor1D } from "@tensorflow/tfjs";
import { type Mode, statelessUniform } from "../../core/plugin.ts";
import { UnaryLayer } from "./layer.ts";
import { layerSeed } from "./seed.ts";

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** The layer's name, unique within the network. */
  readonly name: string;
  /** The network's seed. */
  readonly seed: number;
  /** The share to drop. @default 0.5 */
  readonly rate?: number;
}

class StatelessDropout extends UnaryLayer<{ readonly rate: number; readonly seed: number }> {
  static readonly className = "StatelessDropout";
  /** See `receptiveField`. */
  readonly pointwise = true;

  protected override compute(x: Tensor, { dropout, step, share }: Partial<Mode>): Tensor {
    const { rate, seed } = this.config;
    if (dropout !== true || rate === 0) return x;
    if (step === undefined) {
      throw new TypeError(
        `Cannot drop out in "${this.name}": the mode has no step, which keys the mask.`,
      );
    }
    const key = tf.stack([tf.scalar(seed, "int32"), step]) as Tensor1D;
    const keep = tf.greaterEqual(statelessUniform(x.shape, key, share), rate);
    // Inverted dropout: scales what is kept, so that inference needs no scaling.
    return tf.mul(x, tf.mul(tf.cast(keep, "float32"), 1 / (1 - rate)));
  }
}
tf.serialization.registerClass(StatelessDropout);

/**
 * Dropout (Srivastava et al. 2014), the paper's only noise (section 3.1), at test time too:
 * `mode.dropout` alone turns it on, whatever `mode.training`.
 *
 * The mask depends on the layer's seed and `mode.step` only, so a resumed run and every engine draw
 * the same one.
 *
 * @param x Any shape.
 * @returns The same shape.
 * @throws {RangeError} If `rate` is not in [0, 1).
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { dropout } from "./dropout.ts";
 * import { assert } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [8, 8, 1] });
 * const model = tf.model({ inputs: input, outputs: dropout(input, { name: "noise", seed: 23 }) });
 * const mode = { training: false, dropout: true, step: tf.scalar(1, "int32") };
 * const y = model.apply(tf.ones([1, 8, 8, 1]), mode) as tf.Tensor;
 * assert(y.dataSync().every((value) => value === 0 || value === 2));
 * ```
 */
export function dropout(
  x: SymbolicTensor,
  { name, seed, rate = 0.5 }: DropoutOptions,
): SymbolicTensor {
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`Cannot drop a share of ${rate}. Use 0 or more and less than 1.`);
  }
  const layer = new StatelessDropout({ name, rate, seed: layerSeed(seed, name) });
  return layer.apply(x) as SymbolicTensor;
}
