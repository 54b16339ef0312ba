/** TensorFlow's own gradients of ReLU and leaky ReLU. */
import * as tf from "@tensorflow/tfjs";
import type { KernelFunc, Tensor } from "@tensorflow/tfjs";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import { LEAKY_RELU_GRADIENT, RELU_GRADIENT } from "../../ops/rectifier_gradients.ts";
import { typeAttribute } from "./attributes.ts";
import { AttributeType, DType } from "./dtypes.ts";

const FLOAT = typeAttribute("T", DType.float32);

const reluGradient: KernelFunc = ({ inputs, backend }) => {
  const { dy, x } = inputs as Record<string, Tensor>;
  return (backend as NodeJSKernelBackend).executeSingleOutput("ReluGrad", [FLOAT], [dy!, x!]);
};

const leakyReluGradient: KernelFunc = ({ inputs, attrs, backend }) => {
  const { dy, x } = inputs as Record<string, Tensor>;
  const slope = { name: "alpha", type: AttributeType.float, value: attrs?.["alpha"] as number };
  const node = backend as NodeJSKernelBackend;
  return node.executeSingleOutput("LeakyReluGrad", [FLOAT, slope], [dy!, x!]);
};

/** Registers the kernels; a second call does nothing. */
export function registerRectifierGradients(backendName: string): void {
  if (tf.getKernel(RELU_GRADIENT, backendName) !== undefined) return;
  tf.registerKernel({ kernelName: RELU_GRADIENT, backendName, kernelFunc: reluGradient });
  tf.registerKernel({
    kernelName: LEAKY_RELU_GRADIENT,
    backendName,
    kernelFunc: leakyReluGradient,
  });
}
