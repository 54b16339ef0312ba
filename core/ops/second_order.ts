/**
 * The gradients of gradients that tfjs lacks, for losses on D's slope (WGAN-GP): it refuses to
 * differentiate what the gradients of rectifiers and of average pooling are made of.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { GradFunc, NamedAttrMap, Tensor, Tensor4D } from "@tensorflow/tfjs";

/** Which of two is greater does not change with either, but for a jump that has no slope. */
const ofComparison: GradFunc = (_, saved) => {
  const [a, b] = saved as [Tensor, Tensor];
  return { a: () => tf.zeros(a.shape), b: () => tf.zeros(b.shape) };
};

/** The gradient of a mean is linear in dy, and its own gradient takes means again. */
const ofMeans: GradFunc = (ddx, saved, attrs) => {
  const [input] = saved as [Tensor];
  const { filterSize, strides, pad } = attrs as Pooling;
  return {
    dy: () => tf.avgPool(ddx as Tensor4D, filterSize, strides, pad),
    input: () => tf.zeros(input.shape),
  };
};

interface Pooling extends NamedAttrMap {
  readonly filterSize: [number, number];
  readonly strides: [number, number];
  readonly pad: "valid" | "same" | number;
}

for (const kernelName of ["Equal", "NotEqual", "Greater", "Less", "LessEqual"]) {
  if (tf.getGradient(kernelName) !== undefined) continue;
  tf.registerGradient({ kernelName, inputsToSave: ["a", "b"], gradFunc: ofComparison });
}
if (tf.getGradient("AvgPoolGrad") === undefined) {
  tf.registerGradient({ kernelName: "AvgPoolGrad", inputsToSave: ["input"], gradFunc: ofMeans });
}
