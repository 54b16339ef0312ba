/**
 * Second-order gradients that tfjs lacks, for losses on D's gradient (WGAN-GP): those of comparisons,
 * which rectifiers' gradients use, and of average pooling's gradient.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { GradFunc, NamedAttrMap, Tensor, Tensor4D } from "@tensorflow/tfjs";

/** Comparisons are piecewise constant. */
const ofComparison: GradFunc = (_, saved) => {
  const [a, b] = saved as [Tensor, Tensor];
  return { a: () => tf.zeros(a.shape), b: () => tf.zeros(b.shape) };
};

/** Average pooling's gradient is linear in dy; its transpose is average pooling. */
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
