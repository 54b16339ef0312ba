import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor2D } from "@tensorflow/tfjs";
import { InitializerBase, type InitialWeights, standardNormal } from "./initializers.ts";

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions {
  /** Factor of the weights; 0.02 in pix2pix' PyTorch code. @default 1 */
  readonly gain?: number;
}

class Orthogonal extends InitializerBase {
  static readonly className = "Orthogonal";
  readonly #config: Required<OrthogonalOptions> & { readonly seed: number };

  constructor({ seed, gain = 1 }: OrthogonalOptions & { seed: number }) {
    super();
    this.#config = { seed, gain };
  }

  override apply(shape: number[]): Tensor {
    const { seed, gain } = this.#config;
    const columns = shape.at(-1) ?? 1;
    const rows = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
    return tf.tidy(() => {
      const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
      const tall = orthonormalColumns(standardNormal([long, short], seed) as Tensor2D);
      const matrix = rows < columns ? tf.transpose(tall) : tall;
      return tf.mul(tf.reshape(matrix, shape), gain);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...this.#config };
  }
}
tf.serialization.registerClass(Orthogonal);

/** The share of normal matrices that may be worse conditioned than assumed. */
const IRREGULAR = 1e-6;

/**
 * The orthonormal columns nearest to those of a normal matrix: X (XᵀX)^(-1/2), by Newton's iteration
 * X ← X (1.5 - 0.5 XᵀX) (Higham 2008, section 8.3). They are distributed as those of a QR
 * decomposition (Chikuse 2003, theorem 2.2.1), but need only matrix products.
 */
function orthonormalColumns(x: Tensor2D): Tensor2D {
  const [rows, columns] = x.shape;
  // Bounds on the singular values of a normal matrix (Rudelson and Vershynin 2009).
  const largest = Math.sqrt(rows) + Math.sqrt(columns);
  const least = (Math.sqrt(rows) - Math.sqrt(columns - 1)) *
    IRREGULAR ** (1 / (rows - columns + 1));
  // Small ones grow by half per iteration; near 1, the error squares per iteration.
  const iterations = Math.ceil(Math.log(largest / least) / Math.log(1.5)) + 5;
  if (rows < 2 * columns) {
    return newton(tf.div(x, largest), (near) => tf.matMul(near, near, true, false), iterations);
  }
  // A long matrix is well conditioned: iterate on XᵀX, which is smaller.
  const square = tf.matMul(x, x, true, false);
  const start = tf.div<Tensor2D>(tf.eye(columns), largest);
  const root = newton(start, (near) => tf.matMul(near, tf.matMul(square, near)), iterations);
  return tf.matMul(x, root);
}

function newton(
  start: Tensor2D,
  products: (near: Tensor2D) => Tensor2D,
  iterations: number,
): Tensor2D {
  let near = start;
  for (let i = 0; i < iterations; i++) {
    near = tf.sub(tf.mul(near, 1.5), tf.mul(tf.matMul(near, products(near)), 0.5));
  }
  return near;
}

/**
 * Orthogonal initial weights (Saxe et al. 2014): the kernel as a matrix, fan in by filters, has
 * orthonormal rows or columns, whichever are fewer, times the gain.
 *
 * @returns A function from a layer's seed to its initializer.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { orthogonal } from "./orthogonal.ts";
 * import { assert } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weights = tf.reshape(orthogonal()(23).apply([2, 2, 3, 4]), [12, 4]);
 * const products = tf.matMul(weights, weights, true, false);
 * assert((tf.max(tf.abs(tf.sub(products, tf.eye(4)))).dataSync()[0] ?? NaN) < 1e-5);
 * ```
 */
export function orthogonal(options: OrthogonalOptions = {}): InitialWeights {
  return (seed) => new Orthogonal({ ...options, seed });
}
