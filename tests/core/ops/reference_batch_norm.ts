/** Batch norm kernels for tfjs' CPU backend: loops that follow the formulas, for tests. */
import * as tf from "@tensorflow/tfjs";
import { BATCH_NORM_TRAINING, BATCH_NORM_TRAINING_GRADIENT } from "../../../core/ops/batch_norm.ts";

interface CpuBackend {
  readSync(dataId: object): Float32Array;
  makeTensorInfo(shape: number[], dtype: "float32", values: Float32Array): tf.TensorInfo;
}

type Channel = (channel: number, indices: readonly number[]) => void;

function eachChannel(length: number, channels: number, visit: Channel): void {
  for (let channel = 0; channel < channels; channel++) {
    const positions = Array.from({ length: length / channels }, (_, i) => i * channels + channel);
    visit(channel, positions);
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const forward: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const cpu = backend as unknown as CpuBackend;
  const [x, scale, offset] = ["x", "scale", "offset"].map((name) =>
    cpu.readSync((inputs[name] as tf.TensorInfo).dataId)
  ) as [Float32Array, Float32Array, Float32Array];
  const channels = scale.length;
  const y = new Float32Array(x.length);
  const [means, variances, inverses] = [0, 1, 2].map(() => new Float32Array(channels)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  eachChannel(x.length, channels, (c, indices) => {
    const average = mean(indices.map((i) => x[i]!));
    const variance = mean(indices.map((i) => (x[i]! - average) ** 2));
    const inverse = 1 / Math.sqrt(variance + (attrs!["epsilon"] as number));
    means[c] = average;
    variances[c] = variance * indices.length / Math.max(indices.length - 1, 1);
    inverses[c] = inverse;
    for (const i of indices) y[i] = (x[i]! - average) * inverse * scale[c]! + offset[c]!;
  });
  const vector = (values: Float32Array): tf.TensorInfo =>
    cpu.makeTensorInfo([channels], "float32", values);
  return [
    cpu.makeTensorInfo([...(inputs["x"] as tf.TensorInfo).shape], "float32", y),
    vector(means),
    vector(variances),
    vector(means.slice()),
    vector(inverses),
    cpu.makeTensorInfo([0], "float32", new Float32Array(0)),
  ];
};

const backward: tf.KernelFunc = ({ inputs, backend }) => {
  const cpu = backend as unknown as CpuBackend;
  const [dy, x, scale, means, inverses] = ["dy", "x", "scale", "reserve1", "reserve2"].map((name) =>
    cpu.readSync((inputs[name] as tf.TensorInfo).dataId)
  ) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  const channels = scale.length;
  const dx = new Float32Array(x.length);
  const dscale = new Float32Array(channels), doffset = new Float32Array(channels);
  eachChannel(x.length, channels, (c, indices) => {
    const normalised = (i: number): number => (x[i]! - means[c]!) * inverses[c]!;
    const meanDy = mean(indices.map((i) => dy[i]!));
    const meanProduct = mean(indices.map((i) => dy[i]! * normalised(i)));
    dscale[c] = meanProduct * indices.length;
    doffset[c] = meanDy * indices.length;
    for (const i of indices) {
      dx[i] = scale[c]! * inverses[c]! * (dy[i]! - meanDy - normalised(i) * meanProduct);
    }
  });
  return [
    cpu.makeTensorInfo([...(inputs["x"] as tf.TensorInfo).shape], "float32", dx),
    cpu.makeTensorInfo([channels], "float32", dscale),
    cpu.makeTensorInfo([channels], "float32", doffset),
  ];
};

/** Registers both kernels for "cpu"; returns the function that takes them away again. */
export function registerReferenceBatchNorm(): () => void {
  const kernels: [string, tf.KernelFunc][] = [
    [BATCH_NORM_TRAINING, forward],
    [BATCH_NORM_TRAINING_GRADIENT, backward],
  ];
  for (const [kernelName, kernelFunc] of kernels) {
    tf.registerKernel({ kernelName, backendName: "cpu", kernelFunc });
  }
  return () => {
    for (const [kernelName] of kernels) tf.unregisterKernel(kernelName, "cpu");
  };
}
