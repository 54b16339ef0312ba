/** `tf.gather` in place of tfjs-node's, which reads the indices and so could not be compiled. */
import * as tf from "@tensorflow/tfjs";
import type { KernelFunc, Tensor } from "@tensorflow/tfjs";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import { typeAttribute } from "./attributes.ts";
import { AttributeType, DType } from "./dtypes.ts";

const gather: KernelFunc = ({ inputs, attrs, backend }) => {
  const { x, indices } = inputs as { x: Tensor; indices: Tensor };
  const { axis, batchDims } = attrs as { axis: number; batchDims: number };
  // That the shapes fit; that the indices do, TensorFlow checks itself.
  tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
  const node = backend as NodeJSKernelBackend;
  return tf.tidy(() =>
    node.executeSingleOutput("GatherV2", [
      { name: "batch_dims", type: AttributeType.int, value: batchDims },
      typeAttribute("Tparams", node.getDTypeInteger(x.dtype)),
      typeAttribute("Tindices", node.getDTypeInteger(indices.dtype)),
      typeAttribute("Taxis", DType.int32),
    ], [x, indices, tf.scalar(axis, "int32")])
  );
};

/** Registers the kernel. */
export function registerGather(backendName: string): void {
  tf.unregisterKernel("GatherV2", backendName);
  tf.registerKernel({ kernelName: "GatherV2", backendName, kernelFunc: gather });
}
