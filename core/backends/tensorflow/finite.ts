/** A check for NaN and infinite values, at the speed of memory. */
import * as tf from "@tensorflow/tfjs";
import type { KernelFunc, Tensor, TensorInfo } from "@tensorflow/tfjs";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import { REQUIRE_FINITE } from "../../ops/require_finite.ts";
import { typeAttribute } from "./attributes.ts";
import { AttributeType, DType } from "./dtypes.ts";

/**
 * x, once its sum is known to be finite.
 *
 * TensorFlow's `CheckNumerics` reads one number after another on one thread, 80 ms of a training step of
 * 1070; a sum uses all threads and whole vectors, and is finite only if all its terms are.
 * `IdentityN` passes x on without a copy, and waits for both.
 */
const requireFiniteSum: KernelFunc = ({ inputs, attrs, backend }) => {
  const { x } = inputs as Record<string, Tensor>;
  const node = backend as NodeJSKernelBackend;
  const type = typeAttribute("T", DType.float32);
  const message = {
    name: "message",
    type: AttributeType.string,
    value: attrs?.["message"] as string,
  };
  const sum = tf.sum(x!);
  const checked = node.executeSingleOutput("CheckNumerics", [type, message], [sum]);
  const types = { name: "T", type: AttributeType.type, value: [DType.float32, DType.float32] };
  const [same, unused] = node.executeMultipleOutputs("IdentityN", [types], [x!, checked], 2);
  tf.dispose([sum, checked, unused] as Tensor[]);
  return same as TensorInfo;
};

/** Registers the kernel; a second call does nothing. */
export function registerRequireFinite(backendName: string): void {
  if (tf.getKernel(REQUIRE_FINITE, backendName) !== undefined) return;
  tf.registerKernel({ kernelName: REQUIRE_FINITE, backendName, kernelFunc: requireFiniteSum });
}
