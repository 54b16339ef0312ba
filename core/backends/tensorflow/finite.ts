/** TensorFlow's own check for numbers that are none. */
import * as tf from "@tensorflow/tfjs";
import type { KernelFunc, Tensor } from "@tensorflow/tfjs";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import { REQUIRE_FINITE } from "../../ops/require_finite.ts";
import { AttributeType, DType } from "./dtypes.ts";

const checkNumerics: KernelFunc = ({ inputs, attrs, backend }) => {
  const { x } = inputs as Record<string, Tensor>;
  return (backend as NodeJSKernelBackend).executeSingleOutput("CheckNumerics", [
    { name: "T", type: AttributeType.type, value: DType.float32 },
    { name: "message", type: AttributeType.string, value: attrs?.["message"] as string },
  ], [x!]);
};

/** Registers the kernel; a second call does nothing. */
export function registerRequireFinite(backendName: string): void {
  if (tf.getKernel(REQUIRE_FINITE, backendName) !== undefined) return;
  tf.registerKernel({ kernelName: REQUIRE_FINITE, backendName, kernelFunc: checkNumerics });
}
