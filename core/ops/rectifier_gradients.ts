/**
 * Gradients of ReLU and leaky ReLU in one pass, on engines that have kernels for them. tfjs composes
 * them of masks, steps and products, which take several times as long.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { GradFunc, NamedAttrMap, Tensor } from "@tensorflow/tfjs";

/** Kernel: inputs `{ dy, x }`, output dy where x > 0, else 0. */
export const RELU_GRADIENT = "ReluGrad";

/** Kernel: inputs `{ dy, x }`, attributes `{ alpha }`, output dy where x > 0, else alpha dy. */
export const LEAKY_RELU_GRADIENT = "LeakyReluGrad";

/** Has the gradient of a rectifier computed by a kernel, where there is one. */
function useKernel(rectifier: string, gradientKernel: string): void {
  const composed = tf.getGradient(rectifier).gradFunc;
  const run = (dy: Tensor, x: Tensor, attrs: NamedAttrMap): Tensor =>
    tf.engine().runKernel(gradientKernel, { dy, x }, attrs);

  const gradient: GradFunc = (dy, saved, attrs) =>
    tf.getKernel(gradientKernel, tf.getBackend()) === undefined
      ? composed(dy, saved, attrs)
      : { x: () => run(dy as Tensor, saved[0]!, attrs) };
  tf.registerGradient({ kernelName: rectifier, inputsToSave: ["x"], gradFunc: gradient });

  // It is linear in dy, and does not change with x but for a jump that has no slope.
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
