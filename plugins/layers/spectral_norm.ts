/** The spectral norm of weights by power iteration. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs";
import type { Mode } from "../../core/plugin.ts";
import { type Initializer, InitializerBase, standardNormal } from "./initializers.ts";

/** The first singular vectors: `matrix` maps v to u times the largest singular value. */
interface Directions {
  /** `[1, rows]`. */
  readonly v: Tensor2D;
  /** `[1, columns]`. */
  readonly u: Tensor2D;
}

/** A weight of a layer. */
interface Weight {
  read(): Tensor;
  write(value: Tensor): unknown;
}

/** Options of {@link SpectralNorm}. */
export interface SpectralNormOptions {
  /** Adds a non-trainable weight to the layer. */
  readonly addWeight: (name: string, shape: number[], initial: Initializer) => Weight;
  /** The kernel as a matrix, fan in by filters. */
  readonly matrix: () => Tensor2D;
  readonly rows: number;
  readonly columns: number;
  /** Seed of the first vector. */
  readonly seed: number;
}

/** Iterations before the first step, as in Torch. */
const FIRST_ITERATIONS = 15;

/** Torch's `F.normalize`. */
function unit(vector: Tensor): Tensor2D {
  return tf.div(vector, tf.maximum(tf.sqrt(tf.sum(tf.square(vector))), 1e-12)) as Tensor2D;
}

const stretched = (v: Tensor2D, matrix: Tensor2D): Tensor2D => unit(tf.matMul(v, matrix));

const back = (u: Tensor2D, matrix: Tensor2D): Tensor2D => unit(tf.matMul(u, matrix, false, true));

/** The result of `compute`, without recording gradients. */
function withoutGradient(compute: () => Tensor2D): Tensor2D {
  const constant = tf.customGrad((x) => ({
    value: compute(),
    gradFunc: () => tf.zerosLike(x as Tensor),
  }));
  return constant(tf.scalar(0)) as Tensor2D;
}

/** An initializer that computes its value from the layer's other weights. */
class Computed extends InitializerBase {
  static readonly className = "Computed";
  readonly #compute: () => Tensor;

  constructor(compute: () => Tensor) {
    super();
    this.#compute = compute;
  }

  override apply(shape: number[]): Tensor {
    return tf.tidy(() => tf.reshape(this.#compute(), shape));
  }
}

/**
 * The largest singular value of a layer's weights by power iteration (Miyato et al. 2018, section
 * 2.1 and algorithm 1), one iteration per call, in the order of Torch's `spectral_norm`. The two
 * vectors are non-trainable weights of the layer, so checkpoints contain them.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { SpectralNorm } from "./spectral_norm.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const matrix = (): tf.Tensor2D => tf.tensor2d([[3, 0], [0, 4]]);
 * const norm = new SpectralNorm({
 *   // As in the build() of a layer, which has this.addWeight.
 *   addWeight: (_, shape, initial) => {
 *     let value = initial.apply(shape);
 *     return { read: () => value, write: (next) => value = next };
 *   },
 *   matrix,
 *   rows: 2,
 *   columns: 2,
 *   seed: 23,
 * });
 * assertAlmostEquals(norm.of(matrix(), { training: true }).dataSync()[0] ?? NaN, 4, 1e-3);
 * ```
 */
export class SpectralNorm {
  readonly #u: Weight;
  readonly #v: Weight;

  constructor({ addWeight, matrix, rows, columns, seed }: SpectralNormOptions) {
    const first = (): Tensor => {
      const constant = matrix();
      let v = unit(standardNormal([1, rows], seed));
      for (let i = 0; i < FIRST_ITERATIONS; i++) v = back(stretched(v, constant), constant);
      return v;
    };
    this.#v = addWeight("v", [rows], new Computed(first));
    const second = (): Tensor => stretched(asRow(this.#v), matrix());
    this.#u = addWeight("u", [columns], new Computed(second));
  }

  /**
   * The norm of the matrix; gradients flow to the matrix but not through the vectors (equation 12).
   *
   * In training, unless `mode.updateStatistics` is false, the vectors take a step.
   */
  of(matrix: Tensor2D, { training, updateStatistics }: Partial<Mode>): Scalar {
    const { u, v } = training === true && updateStatistics !== false
      ? this.#step(matrix)
      : { u: asRow(this.#u), v: asRow(this.#v) };
    return tf.sum(tf.mul(tf.matMul(v, matrix), u));
  }

  #step(matrix: Tensor2D): Directions {
    const u = withoutGradient(() => stretched(asRow(this.#v), matrix));
    const v = withoutGradient(() => back(u, matrix));
    this.#u.write(tf.reshape(u, [-1]));
    this.#v.write(tf.reshape(v, [-1]));
    return { u, v };
  }
}

function asRow(vector: Weight): Tensor2D {
  return tf.reshape(vector.read(), [1, -1]);
}
