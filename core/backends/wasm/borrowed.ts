/** Kernels of tfjs' CPU backend for another backend: slow but correct. */
import * as tf from "@tensorflow/tfjs";
import type { BackendValues, DataType, TensorInfo } from "@tensorflow/tfjs";

/** The common part of both backends. */
interface Backend extends tf.KernelBackend {
  readSync(dataId: object): BackendValues;
  write(values: BackendValues, shape: number[], dtype: DataType): object;
  disposeData(dataId: object): boolean;
}

function copy(tensor: TensorInfo, from: Backend, to: Backend): TensorInfo {
  const { shape, dtype } = tensor;
  return { dataId: to.write(from.readSync(tensor.dataId), shape, dtype), shape, dtype };
}

/** Registers a CPU kernel for `backendName`; it works on copies of its tensors. */
export function borrowCpuKernel(kernelName: string, backendName: string): void {
  const lent = tf.getKernel(kernelName, "cpu");
  if (lent === undefined) throw new Error(`Cannot find the cpu kernel "${kernelName}"`);
  if (tf.getKernel(kernelName, backendName) !== undefined) {
    tf.unregisterKernel(kernelName, backendName);
  }
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs = {}, backend }) => {
      const cpu = tf.findBackend("cpu") as Backend, own = backend as unknown as Backend;
      const copies: Record<string, TensorInfo | TensorInfo[]> = {};
      for (const [name, input] of Object.entries(inputs)) {
        if (Array.isArray(input)) copies[name] = input.map((each) => copy(each, own, cpu));
        else if (input) copies[name] = copy(input, own, cpu);
      }
      const outputs = lent.kernelFunc({
        inputs: copies as tf.NamedTensorInfoMap,
        attrs,
        backend: cpu,
      });
      const take = (output: TensorInfo): TensorInfo => {
        const taken = copy(output, cpu, own);
        cpu.disposeData(output.dataId);
        return taken;
      };
      const taken = Array.isArray(outputs) ? outputs.map(take) : take(outputs);
      for (const { dataId } of Object.values(copies).flat()) cpu.disposeData(dataId);
      return taken;
    },
  });
}
