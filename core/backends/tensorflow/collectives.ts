/** Sums over the processes of a cluster, by TensorFlow's collective operations. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, TensorInfo } from "@tensorflow/tfjs";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import { ACROSS_WORKERS, type AcrossWorkersOptions } from "../../ops/across_workers.ts";
import { typeAttribute } from "./attributes.ts";
import { AttributeType, DType } from "./dtypes.ts";

/** The only group: all processes. */
const GROUP = 1;

/**
 * The number of a sum, the same in all processes, whichever other functions they have compiled: the
 * FNV-1a hash of its name and size.
 */
export function instanceKey(name: string, size: number): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${name} ${size}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 1;
}

/** Registers the kernel for a cluster of so many processes. */
export function registerCollectives(backendName: string, workers: number): void {
  tf.registerKernel({
    kernelName: ACROSS_WORKERS,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }): TensorInfo => {
      const x = inputs["x"] as Tensor;
      const { name, mean = false } = attrs as unknown as AcrossWorkersOptions;
      const integers = [workers, GROUP, instanceKey(name, x.size)].map((value) =>
        tf.scalar(value, "int32")
      );
      const text = (name: string, value: string) => ({ name, type: AttributeType.string, value });
      const attributes = [
        typeAttribute("T", DType.float32),
        text("merge_op", "Add"),
        text("final_op", mean ? "Div" : "Id"),
        text("communication_hint", "auto"),
        // Others may evaluate for long; one that is gone ends it all the same.
        { name: "timeout_seconds", type: AttributeType.float, value: 0 },
        { name: "Nordering_token", type: AttributeType.int, value: 0 },
        { name: "max_subdivs_per_device", type: AttributeType.int, value: -1 },
      ];
      const node = backend as NodeJSKernelBackend;
      const sum = node.executeSingleOutput("CollectiveReduceV2", attributes, [x, ...integers]);
      tf.dispose(integers);
      return sum;
    },
  });
}

/** Removes the kernel. */
export function unregisterCollectives(backendName: string): void {
  if (tf.getKernel(ACROSS_WORKERS, backendName) === undefined) return;
  tf.unregisterKernel(ACROSS_WORKERS, backendName);
}
