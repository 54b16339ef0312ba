/**
 * Gradients of ReLU and leaky ReLU as single kernels, on engines that have them. tfjs composes them of
 * masks, steps and products, which is several times slower.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { GradFunc, NamedAttrMap, Tensor } from "@tensorflow/tfjs";

/** Kernel: inputs `{ dy, x }`, output dy where x > 0, else 0. */
export const RELU_GRADIENT = "ReluGrad";

/** Kernel: inputs `{ dy, x }`, attributes `{ alpha }`, output dy where x > 0, else alpha dy. */
export const LEAKY_RELU_GRADIENT = "LeakyReluGrad";

/** Computes the gradient of a rectifier by a kernel, if the engine has it. */
function useKernel(rectifier: string, gradientKernel: string): void {
  const composed = tf.getGradient(rectifier).gradFunc;
  const run = (dy: Tensor, x: Tensor, attrs: NamedAttrMap): Tensor =>
    tf.engine().runKernel(gradientKernel, { dy, x }, attrs);

  const gradient: GradFunc = (dy, saved, attrs) =>
    tf.getKernel(gradientKernel, tf.getBackend()) === undefined
      ? composed(dy, saved, attrs)
      : { x: () => run(dy as Tensor, saved[0]!, attrs) };
  tf.registerGradient({ kernelName: rectifier, inputsToSave: ["x"], gradFunc: gradient });

  // Linear in dy and piecewise constant in x.
  const gradientOfGradient: GradFunc = (ddx, [x], attrs) => ({
    dy: () => run(ddx as Tensor, x!, attrs),
    x: () => tf.zerosLike(x!),
  });
  tf.registerGradient({
    kernelName: gradientKernel,
    inputsToSave: ["x"],
    gradFunc: gradientOfGradient,
  });
}

useKernel("Relu", RELU_GRADIENT);
useKernel("LeakyRelu", LEAKY_RELU_GRADIENT);
