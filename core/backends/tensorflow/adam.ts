/** Adam by TensorFlow's own kernel, which passes over a variable once, in compiled functions. */
import * as tf from "@tensorflow/tfjs";
import type { KernelFunc, Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import { APPLY_ADAM, composeAdam } from "../../ops/adam.ts";
import { typeAttribute } from "./attributes.ts";
import { AttributeType, DType } from "./dtypes.ts";
import type { TensorflowBackend } from "./node_backend.ts";

const ATTRIBUTES = [
  typeAttribute("T", DType.float32),
  { name: "use_locking", type: AttributeType.bool, value: true },
];

const adamKernel: KernelFunc = ({ inputs, attrs, backend }) => {
  const variables = inputs as Record<"variable" | "first" | "second", Variable>;
  const { gradient, stepSize, epsilon } = inputs as { gradient: Tensor } & Record<string, Scalar>;
  const { beta1, beta2 } = attrs as Record<string, number>;
  return tf.tidy(() => {
    // The step size has the bias correction in it, for which the powers of the decays would be.
    const power = tf.scalar(0);
    const updated = (backend as TensorflowBackend).updateInPlace(
      "ResourceApplyAdam",
      ATTRIBUTES,
      [variables.variable, variables.first, variables.second],
      [power, power, stepSize!, tf.scalar(beta1!), tf.scalar(beta2!), epsilon!, gradient],
    );
    return updated ?? composeAdam(variables, {
      gradient,
      stepSize: stepSize!,
      epsilon: epsilon!,
      beta1: beta1!,
      beta2: beta2!,
    });
  });
};

/** Registers the kernel of `applyAdam`; a second call does nothing. */
export function registerAdam(backendName: string): void {
  if (tf.getKernel(APPLY_ADAM, backendName) !== undefined) return;
  tf.registerKernel({ kernelName: APPLY_ADAM, backendName, kernelFunc: adamKernel });
}
