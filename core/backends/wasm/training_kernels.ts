/**
 * Training kernels in one or two passes over memory, which tfjs composes of many.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { KernelFunc, NamedAttrMap, TensorInfo } from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { APPLY_ADAM } from "../../ops/adam.ts";
import { BATCH_NORM_TRAINING, BATCH_NORM_TRAINING_GRADIENT } from "../../ops/batch_norm.ts";
import { LEAKY_RELU_GRADIENT, RELU_GRADIENT } from "../../ops/rectifier_gradients.ts";
import { asNotFinite, REQUIRE_FINITE } from "../../ops/require_finite.ts";
import { adam } from "./adam.ts";
import { batchNorm, batchNormGradient } from "./batch_norm.ts";
import { floatsOf } from "./heap.ts";

const NAME = "wasm";

/** A kernel on the values of its inputs; it fills outputs of the given shapes. */
interface NumbersKernel {
  readonly inputs: readonly string[];
  outputs(inputs: readonly TensorInfo[]): readonly (readonly number[])[];
  compute(
    inputs: readonly Float32Array[],
    outputs: readonly Float32Array[],
    attrs: NamedAttrMap,
  ): void;
}

function register(kernelName: string, kernel: NumbersKernel): void {
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) => {
    const wasm = backend as BackendWasm;
    const given = kernel.inputs.map((name) => inputs[name] as TensorInfo);
    const made = kernel.outputs(given).map((shape) => wasm.makeOutput([...shape], "float32"));
    // Views come last: making a tensor may move the memory.
    const [from, to] = [given, made].map((all) => all.map((each) => floatsOf(wasm, each)));
    kernel.compute(from!, to!, attrs ?? {});
    return made.length === 1 ? made[0]! : made;
  };
  tf.registerKernel({ kernelName, backendName: NAME, kernelFunc });
}

/** dy where x > 0, else slope dy. */
function rectify(dy: Float32Array, x: Float32Array, dx: Float32Array, slope: number): void {
  for (let i = 0; i < dx.length; i++) dx[i] = x[i]! > 0 ? dy[i]! : slope * dy[i]!;
}

/** The exponent bits of a float32; all set in infinities and NaN. */
const EXPONENT = 0x7f80_0000;

function isFinite({ buffer, byteOffset, length }: Float32Array): boolean {
  const bits = new Int32Array(buffer, byteOffset, length);
  for (let i = 0; i < length; i++) if ((bits[i]! & EXPONENT) === EXPONENT) return false;
  return true;
}

const requireFinite: KernelFunc = ({ inputs, attrs, backend }) => {
  const { dataId, shape, dtype } = inputs["x"] as TensorInfo;
  const wasm = backend as BackendWasm;
  if (!isFinite(floatsOf(wasm, { dataId, shape, dtype }))) {
    const message = attrs?.["message"] as string;
    throw asNotFinite(message) ?? new Error(message);
  }
  wasm.incRef(dataId);
  return { dataId, shape, dtype };
};

/** Registers all kernels, once. */
export function registerTrainingKernels(): void {
  for (const name of [RELU_GRADIENT, LEAKY_RELU_GRADIENT]) {
    register(name, {
      inputs: ["dy", "x"],
      outputs: ([dy]) => [dy!.shape],
      compute: ([dy, x], [dx], { alpha = 0 }) => rectify(dy!, x!, dx!, alpha as number),
    });
  }
  register(APPLY_ADAM, {
    inputs: ["variable", "first", "second", "gradient", "stepSize", "epsilon"],
    outputs: ([variable, first, second]) => [variable!.shape, first!.shape, second!.shape],
    compute: ([variable, first, second, gradient, stepSize, epsilon], outputs, attrs) => {
      const { beta1, beta2 } = attrs as { beta1: number; beta2: number };
      const rule = { stepSize: stepSize![0]!, epsilon: epsilon![0]!, beta1, beta2 };
      const [newVariable, newFirst, newSecond] = outputs;
      adam(
        { variable: variable!, first: first!, second: second! },
        gradient!,
        rule,
        { variable: newVariable!, first: newFirst!, second: newSecond! },
      );
    },
  });
  register(BATCH_NORM_TRAINING, {
    inputs: ["x", "scale", "offset"],
    // y, mean, variance; reserves for the gradient: mean, 1 / deviation, unused.
    outputs: ([x, { shape } = x!]) => [x!.shape, shape, shape, shape, shape, [1]],
    compute: ([x, scale, offset], [y, mean, variance, mean2, inverse, nothing], attrs) => {
      const statistics = { mean: mean!, variance: variance!, inverse: inverse! };
      batchNorm(x!, scale!, offset!, attrs["epsilon"] as number, y!, statistics);
      mean2!.set(mean!);
      nothing!.fill(0);
    },
  });
  register(BATCH_NORM_TRAINING_GRADIENT, {
    inputs: ["dy", "x", "scale", "reserve1", "reserve2"],
    outputs: ([, x, scale]) => [x!.shape, scale!.shape, scale!.shape],
    compute: ([dy, x, scale, mean, inverse], [dx, dscale, doffset]) =>
      batchNormGradient(
        { dy: dy!, x: x!, scale: scale!, mean: mean!, inverse: inverse! },
        { dx: dx!, dscale: dscale!, doffset: doffset! },
      ),
  });
  tf.registerKernel({ kernelName: REQUIRE_FINITE, backendName: NAME, kernelFunc: requireFinite });
}
