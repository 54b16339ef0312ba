/** This project's kernels for TensorFlow, beside those of tfjs-node. */
import * as tf from "@tensorflow/tfjs";
import type { KernelFunc, Tensor, TensorInfo } from "@tensorflow/tfjs";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { BATCH_NORM_TRAINING, BATCH_NORM_TRAINING_GRADIENT } from "../../ops/batch_norm.ts";
import { STATELESS_NORMAL, STATELESS_UNIFORM } from "../../ops/stateless_random.ts";
import { registerAdam } from "./adam.ts";
import { registerMoveTowards } from "./move_towards.ts";
import { typeAttribute } from "./attributes.ts";
import { AttributeType, DType } from "./dtypes.ts";
import { registerRequireFinite } from "./finite.ts";
import { registerGather } from "./gather.ts";
import { registerRectifierGradients } from "./rectifiers.ts";

const BACKEND = "tensorflow";

/** A kernel that runs one op of TensorFlow of the same name on a shape and a seed. */
function statelessRandom(op: string): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const shape = tf.tensor1d(attrs?.["shape"] as number[], "int32");
    const attributes = [
      typeAttribute("dtype", DType.float32),
      typeAttribute("T", DType.int32),
      typeAttribute("Tseed", DType.int32),
    ];
    const seed = inputs["seed"] as TensorInfo;
    const output = asNode(backend).executeSingleOutput(op, attributes, [shape, seed]);
    shape.dispose();
    return output;
  };
}

function batchNormAttributes(epsilon: number): TFEOpAttr[] {
  return [
    typeAttribute("T", DType.float32),
    typeAttribute("U", DType.float32),
    { name: "epsilon", type: AttributeType.float, value: epsilon },
    { name: "data_format", type: AttributeType.string, value: "NHWC" },
    { name: "is_training", type: AttributeType.bool, value: true },
  ];
}

const batchNormTraining: KernelFunc = ({ inputs, attrs, backend }) => {
  const { x, scale, offset } = inputs as Record<string, Tensor>;
  // In training TensorFlow computes mean and variance, and takes none.
  const none = tf.tensor1d([], "float32");
  const outputs = asNode(backend).executeMultipleOutputs(
    "FusedBatchNormV3",
    batchNormAttributes(attrs?.["epsilon"] as number),
    [x!, scale!, offset!, none, none],
    6,
  );
  none.dispose();
  return outputs;
};

const batchNormTrainingGradient: KernelFunc = ({ inputs, attrs, backend }) => {
  const { dy, x, scale, reserve1, reserve2, reserve3 } = inputs as Record<string, Tensor>;
  const [dx, dscale, doffset, ...unused] = asNode(backend).executeMultipleOutputs(
    "FusedBatchNormGradV3",
    batchNormAttributes(attrs?.["epsilon"] as number),
    [dy!, x!, scale!, reserve1!, reserve2!, reserve3!],
    5,
  );
  tf.dispose(unused);
  return [dx!, dscale!, doffset!];
};

function asNode(backend: unknown): NodeJSKernelBackend {
  return backend as NodeJSKernelBackend;
}

/** Registers the kernels; a second call does nothing. */
export function registerTensorflowKernels(): void {
  registerAdam(BACKEND);
  registerGather(BACKEND);
  registerMoveTowards(BACKEND);
  registerRectifierGradients(BACKEND);
  registerRequireFinite(BACKEND);
  const kernels: Readonly<Record<string, KernelFunc>> = {
    [STATELESS_UNIFORM]: statelessRandom("StatelessRandomUniform"),
    [STATELESS_NORMAL]: statelessRandom("StatelessRandomNormal"),
    [BATCH_NORM_TRAINING]: batchNormTraining,
    [BATCH_NORM_TRAINING_GRADIENT]: batchNormTrainingGradient,
  };
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, BACKEND) !== undefined) continue;
    tf.registerKernel({ kernelName, backendName: BACKEND, kernelFunc });
  }
}
