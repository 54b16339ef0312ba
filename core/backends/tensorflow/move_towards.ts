/** Moving averages by TensorFlow's kernel of gradient descent, in place, in compiled functions. */
import * as tf from "@tensorflow/tfjs";
import type { KernelFunc, Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import { composeMoveTowards, MOVE_TOWARDS } from "../../ops/move_towards.ts";
import { typeAttribute } from "./attributes.ts";
import { AttributeType, DType } from "./dtypes.ts";
import type { TensorflowBackend } from "./node_backend.ts";

const ATTRIBUTES = [
  typeAttribute("T", DType.float32),
  { name: "use_locking", type: AttributeType.bool, value: true },
];

const moveTowardsKernel: KernelFunc = ({ inputs, backend }) => {
  const variable = inputs["variable"] as Variable;
  const { value, share } = inputs as { value: Tensor; share: Scalar };
  return tf.tidy(() => {
    // The distance for a gradient, the share for a rate: variable -= share (variable - value).
    const updated = (backend as TensorflowBackend).updateInPlace(
      "ResourceApplyGradientDescent",
      ATTRIBUTES,
      [variable],
      [share, tf.sub(variable, value)],
    );
    return updated?.[0] ?? composeMoveTowards(variable, value, share);
  });
};

/** Registers the kernel of `moveTowards`; a second call does nothing. */
export function registerMoveTowards(backendName: string): void {
  if (tf.getKernel(MOVE_TOWARDS, backendName) !== undefined) return;
  tf.registerKernel({ kernelName: MOVE_TOWARDS, backendName, kernelFunc: moveTowardsKernel });
}
