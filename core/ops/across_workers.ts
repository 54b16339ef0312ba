/** Sums over the processes that train together. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";

/**
 * Kernel of an engine that has joined other processes: inputs `{ x }`, attributes `{ name, mean }`,
 * output the sum or mean of all processes' x.
 */
export const ACROSS_WORKERS = "AcrossWorkers";

/**
 * Numbers in one sum at the most: TensorFlow sends 54 M numbers at once in 1.3 s, and in such pieces
 * in 0.5 s (`tests/bench/average.ts`).
 */
const PIECE = 2 ** 22;

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
    const pieces = tf.split(given, sizesOf(given.size));
    const averaged = tf.concat(
      pieces.map((piece, at) => sumAcrossWorkers(piece, { name: `${name} ${at}`, mean: true })),
    );
    const parts = tf.split(averaged, tensors.map(({ size }) => size));
    return parts.map((part, index) => tf.reshape(part, tensors[index]!.shape));
  });
}

/** The sizes of the pieces of a vector. */
function sizesOf(size: number): number[] {
  return Array.from(
    { length: Math.ceil(size / PIECE) },
    (_, at) => Math.min(PIECE, size - at * PIECE),
  );
}
