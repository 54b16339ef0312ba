/** Batch normalisation in training mode. */
import * as tf from "@tensorflow/tfjs";
import type { GradFunc, Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { stopGradient } from "./stop_gradient.ts";

/**
 * Kernel of {@link batchNormTraining}: inputs `{ x, scale, offset }`, attributes `{ epsilon }`,
 * outputs `[y, mean, variance, reserve1, reserve2, reserve3]`.
 */
export const BATCH_NORM_TRAINING = "FusedBatchNormTraining";

/**
 * Kernel of its gradient: inputs `{ dy, x, scale, reserve1, reserve2, reserve3 }`, attributes `{ epsilon }`,
 * outputs `[dx, dscale, doffset]`.
 */
export const BATCH_NORM_TRAINING_GRADIENT = "FusedBatchNormTrainingGrad";

/** A normalised batch and its statistics. */
export interface NormalisedBatch {
  /** `[batch, height, width, channels]`: (x - mean) / sqrt(variance + epsilon) * scale + offset. */
  readonly y: Tensor4D;
  /** `[channels]`: the mean of the batch. */
  readonly mean: Tensor1D;
  /** `[channels]`: the variance of the batch with Bessel's correction, for moving averages. */
  readonly variance: Tensor1D;
}

const AXES = [0, 1, 2];

/** A statistic per channel, without gradient. */
function detached(statistic: Tensor): Tensor1D {
  return stopGradient(tf.reshape(statistic, [-1]));
}

/** The number of positions over which statistics are taken. */
function positionsOf(x: Tensor): number {
  return x.shape.slice(0, 3).reduce((product, size) => product * size, 1);
}

/** N / (N - 1) for N positions; 1 for a single one, as in TensorFlow. */
function besselCorrection(x: Tensor): number {
  const positions = positionsOf(x);
  return positions / Math.max(positions - 1, 1);
}

function composed(
  x: Tensor4D,
  scale: Tensor1D,
  offset: Tensor1D,
  epsilon: number,
): NormalisedBatch {
  const mean = tf.mean(x, AXES, true);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), AXES);
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)));
  return {
    y: tf.add<Tensor4D>(tf.mul(centred, factor), offset),
    mean: detached(mean),
    variance: detached(tf.mul(variance, besselCorrection(x))),
  };
}

// tfjs tidies after each function that a gradient returns, so shared values are computed before.

type Triple = [Tensor, Tensor, Tensor];

const gradient: GradFunc = (dys, saved, attrs) => {
  // One per output; only y has a gradient.
  const [dy] = dys as Triple;
  const [x, scale, reserve1, reserve2, reserve3] = saved as [Tensor, Tensor, ...Triple];
  const gradients: Tensor[] = tf.engine().runKernel(
    BATCH_NORM_TRAINING_GRADIENT,
    { dy, x, scale, reserve1, reserve2, reserve3 },
    { epsilon: attrs["epsilon"] as number },
  );
  const [dx, dscale, doffset] = gradients as Triple;
  return { x: () => dx, scale: () => dscale, offset: () => doffset };
};

/**
 * With n the normalised x, r = 1 / sqrt(variance + epsilon) and P(v) = v - mean(v) - n mean(v n),
 * the gradient above is dx = scale r P(dy), dscale = sum(dy n), doffset = sum(dy) (Ioffe and
 * Szegedy 2015, section 3). This differentiates it by dy (P is its own transpose), by scale, and by
 * x, on which n and r depend.
 */
const gradientOfGradient: GradFunc = (dys, saved, attrs) => {
  const [u, a, b] = dys as Triple;
  const [dy, x, scale, reserve1, reserve2, reserve3] = saved as [...Triple, ...Triple];
  const centred = tf.sub(x, tf.mean(x, AXES));
  const variance = tf.mean(tf.square(centred), AXES);
  const r = tf.rsqrt(tf.add(variance, attrs["epsilon"] as number));
  const n = tf.mul(centred, r);
  const meanProduct = (v: Tensor, w: Tensor): Tensor => tf.mean(tf.mul(v, w), AXES);
  const project = (v: Tensor): Tensor =>
    tf.sub(tf.sub(v, tf.mean(v, AXES)), tf.mul(n, meanProduct(v, n)));

  const gain = tf.mul(scale, r);
  const ddy = tf.addN([tf.mul(gain, project(u)), tf.mul(a, n), tf.zerosLike(dy).add(b)]);
  const overlap = meanProduct(u, project(dy));
  const dscale = tf.mul(tf.mul(r, overlap), positionsOf(x));
  const mixed = tf.add(tf.mul(meanProduct(u, n), dy), tf.mul(meanProduct(dy, n), u));
  const throughN = tf.mul(r, project(tf.sub(tf.mul(a, dy), tf.mul(gain, mixed))));
  const throughR = tf.mul(tf.mul(tf.mul(gain, r), overlap), n);
  return {
    dy: () => ddy,
    x: () => tf.sub(throughN, throughR),
    scale: () => dscale,
    // The statistics are functions of x; the gradient of x includes their share.
    reserve1: () => tf.zerosLike(reserve1),
    reserve2: () => tf.zerosLike(reserve2),
    reserve3: () => tf.zerosLike(reserve3),
  };
};

tf.registerGradient({
  kernelName: BATCH_NORM_TRAINING,
  inputsToSave: ["x", "scale"],
  outputsToSave: [false, false, false, true, true, true],
  gradFunc: gradient,
});
tf.registerGradient({
  kernelName: BATCH_NORM_TRAINING_GRADIENT,
  inputsToSave: ["dy", "x", "scale", "reserve1", "reserve2", "reserve3"],
  gradFunc: gradientOfGradient,
});

/**
 * Batch normalisation in training mode (Ioffe and Szegedy 2015, algorithm 1), over all axes but the
 * last. Twice differentiable; no gradient flows through the returned statistics. Uses the engine's
 * kernel if it has one.
 *
 * @param x `[batch, height, width, channels]`.
 * @param scale `[channels]`, gamma in the paper.
 * @param offset `[channels]`, beta in the paper.
 * @param epsilon Added to the variance.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { batchNormTraining } from "./batch_norm.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const x = tf.tensor4d([1, 3], [1, 1, 2, 1]);
 * const { y, mean, variance } = batchNormTraining(x, tf.ones([1]), tf.zeros([1]), 0);
 * assertAlmostEquals(mean.dataSync()[0] ?? NaN, 2);
 * assertAlmostEquals(variance.dataSync()[0] ?? NaN, 2);
 * assertAlmostEquals(y.dataSync()[1] ?? NaN, 1);
 * ```
 */
export function batchNormTraining(
  x: Tensor4D,
  scale: Tensor1D,
  offset: Tensor1D,
  epsilon: number,
): NormalisedBatch {
  if (tf.getKernel(BATCH_NORM_TRAINING, tf.getBackend()) === undefined) {
    return composed(x, scale, offset, epsilon);
  }
  const outputs: Tensor[] = tf.engine().runKernel(
    BATCH_NORM_TRAINING,
    { x, scale, offset },
    { epsilon },
  );
  const [y, mean, variance] = outputs;
  return { y: y as Tensor4D, mean: mean as Tensor1D, variance: variance as Tensor1D };
}
