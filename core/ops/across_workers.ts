/** Sums over the processes that train together. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";

/**
 * Kernel of an engine that has joined other processes: inputs `{ x }`, attributes `{ name, mean }`,
 * output the sum or mean of all processes' x.
 */
export const ACROSS_WORKERS = "AcrossWorkers";

/** Which of its sums a process takes part in: all must mean the same one. */
export interface AcrossWorkersOptions {
  /** Its name; sums of different names or shapes are independent. */
  readonly name: string;
  /** The mean instead of the sum. @default false */
  readonly mean?: boolean;
}

/**
 * The sum of x over all processes that train together; x itself where there is one.
 *
 * Every process must take part, and waits for the others. No gradient flows through.
 *
 * @param x float32, of the same shape in all of them.
 */
export function sumAcrossWorkers<T extends Tensor>(
  x: T,
  { name, mean = false }: AcrossWorkersOptions,
): T {
  if (tf.getKernel(ACROSS_WORKERS, tf.getBackend()) === undefined) return x.clone();
  return tf.engine().runKernel(ACROSS_WORKERS, { x }, { name, mean }) as T;
}

/**
 * The means of tensors over all processes that train together, as one vector on the way.
 *
 * @param weight What this process counts, where 1 is the mean over all. @default 1
 * @returns In the same order and shapes.
 */
export function averageAcrossWorkers(
  tensors: readonly Tensor[],
  { name, weight = 1 }: { readonly name: string; readonly weight?: number },
): Tensor[] {
  return tf.tidy(() => {
    const packed = tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1])));
    const given = weight === 1 ? packed : tf.mul<Tensor>(packed, weight);
    const averaged = sumAcrossWorkers(given, { name, mean: true });
    const parts = tf.split(averaged, tensors.map(({ size }) => size));
    return parts.map((part, index) => tf.reshape(part, tensors[index]!.shape));
  });
}
