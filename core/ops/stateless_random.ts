/** Random tensors that depend only on a seed, the same on every engine. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor1D, TensorInfo } from "@tensorflow/tfjs";
import type { Share } from "../interfaces/networks.ts";
import {
  fillStatelessNormal,
  fillStatelessUniform,
  type StatelessSeed,
} from "../random/stateless.ts";

/** Kernel of {@link statelessUniform}: inputs `{ seed }`, attributes `{ shape }`. */
export const STATELESS_UNIFORM = "StatelessRandomUniform";

/** Kernel of {@link statelessNormal}: inputs `{ seed }`, attributes `{ shape }`. */
export const STATELESS_NORMAL = "StatelessRandomNormal";

/** A backend whose tensors JavaScript can read and write. */
export interface HostBackend {
  readSync(dataId: object): ArrayLike<number>;
  makeFilled(shape: readonly number[], fill: (values: Float32Array) => void): TensorInfo;
}

/**
 * Registers JavaScript kernels of both for a backend.
 *
 * @param backendName The backend's name in tfjs, e.g. "wasm".
 * @param wrap Adapts the backend.
 */
export function registerStatelessRandom(
  backendName: string,
  wrap: (backend: unknown) => HostBackend,
): void {
  const register = (
    kernelName: string,
    fill: (values: Float32Array, seed: StatelessSeed) => void,
  ): void => {
    if (tf.getKernel(kernelName, backendName) !== undefined) return;
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const { readSync, makeFilled } = wrap(backend);
        const [seed0 = 0, seed1 = 0] = Array.from(readSync((inputs["seed"] as TensorInfo).dataId));
        return makeFilled(attrs?.["shape"] as number[], (values) => fill(values, [seed0, seed1]));
      },
    });
  };
  register(STATELESS_UNIFORM, fillStatelessUniform);
  register(STATELESS_NORMAL, fillStatelessNormal);
}

/** The used part of tfjs' cpu backend, whose type is not exported. */
interface CpuBackend {
  readSync(dataId: object): ArrayLike<number>;
  makeTensorInfo(shape: number[], dtype: "float32", values: Float32Array): TensorInfo;
}

registerStatelessRandom("cpu", (backend) => {
  const cpu = backend as CpuBackend;
  return {
    readSync: (dataId) => cpu.readSync(dataId),
    makeFilled: (shape, fill) => {
      const values = new Float32Array(tf.util.sizeFromShape([...shape]));
      fill(values);
      return cpu.makeTensorInfo([...shape], "float32", values);
    },
  };
});

function runStateless(kernelName: string, shape: readonly number[], seed: Tensor1D): Tensor {
  if (seed.dtype !== "int32" || seed.shape.length !== 1 || seed.shape[0] !== 2) {
    throw new TypeError(
      `Cannot use a seed of ${seed.dtype}[${seed.shape.join(", ")}]. Use int32[2].`,
    );
  }
  return tf.engine().runKernel(kernelName, { seed }, { shape: [...shape] });
}

/**
 * Uniform numbers in [0, 1), float32, as TensorFlow's `StatelessRandomUniform`: the same bits on every
 * engine, and no state to save.
 *
 * @param shape Shape of the result.
 * @param seed int32 `[2]`, e.g. a layer's seed and the step.
 * @param share Where several processes train together: the numbers are those that these pictures, the
 * first axis, have in the batch of all of them.
 * @throws {TypeError} If the seed has another type or shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { statelessUniform } from "./stateless_random.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const seed = tf.tensor1d([23, 1], "int32");
 * assertEquals(
 *   statelessUniform([2, 3], seed).arraySync(),
 *   statelessUniform([2, 3], seed).arraySync(),
 * );
 * ```
 */
export function statelessUniform(
  shape: readonly number[],
  seed: Tensor1D,
  share?: Pick<Share, "first" | "of">,
): Tensor {
  if (share === undefined) return runStateless(STATELESS_UNIFORM, shape, seed);
  const [pictures = 1, ...extents] = shape;
  return tf.tidy(() => {
    const all = runStateless(STATELESS_UNIFORM, [share.of, ...extents], seed);
    return tf.slice(all, share.first, pictures);
  });
}

/**
 * Standard normal numbers, float32, as TensorFlow's `StatelessRandomNormal`; engines agree up to the
 * rounding of logarithm, sine and cosine.
 *
 * @param shape Shape of the result.
 * @param seed int32 `[2]`, e.g. a layer's seed and the step.
 * @throws {TypeError} If the seed has another type or shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { statelessNormal } from "./stateless_random.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weights = tf.mul(statelessNormal([4, 4, 3, 64], tf.tensor1d([23, 0], "int32")), 0.02);
 * assertEquals(weights.shape, [4, 4, 3, 64]);
 * ```
 */
export function statelessNormal(shape: readonly number[], seed: Tensor1D): Tensor {
  return runStateless(STATELESS_NORMAL, shape, seed);
}
