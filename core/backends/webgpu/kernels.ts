/**
 * Kernels of ours on the device: what tfjs composes of many, or computes on the host.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { NamedAttrMap, TensorInfo } from "@tensorflow/tfjs";
import { APPLY_ADAM } from "../../ops/adam.ts";
import { BATCH_NORM_TRAINING, BATCH_NORM_TRAINING_GRADIENT } from "../../ops/batch_norm.ts";
import { MOVE_TOWARDS } from "../../ops/move_towards.ts";
import { LEAKY_RELU_GRADIENT, RELU_GRADIENT } from "../../ops/rectifier_gradients.ts";
import { registerLateCheck, REQUIRE_FINITE } from "../../ops/require_finite.ts";
import { STATELESS_NORMAL, STATELESS_UNIFORM } from "../../ops/stateless_random.ts";
import {
  GRADIENT,
  NORMALISE,
  statistics,
  SUM_GRADIENTS,
  workgroupsForChannels,
} from "./batch_norm.ts";
import { sizesOf } from "../convolution_sizes.ts";
import { filterGradient, hasEnoughPixels, inputGradient } from "./convolution.ts";
import type { DeviceBackend } from "./device.ts";
import { NORMAL, UNIFORM } from "./philox.ts";
import { forEach, workgroupsFor } from "./wgsl.ts";

const NAME = "webgpu";

/** Storage buffers of Adam's kernel; WebGPU promises eight. */
const ADAM_BUFFERS = 9;

type Kernel = (
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: NamedAttrMap,
  backend: DeviceBackend,
) => TensorInfo | TensorInfo[];

/** Registers a kernel in place of the backend's own, if any. */
function register(kernelName: string, kernel: Kernel): void {
  if (tf.getKernel(kernelName, NAME) !== undefined) tf.unregisterKernel(kernelName, NAME);
  tf.registerKernel({
    kernelName,
    backendName: NAME,
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel(inputs as Record<string, TensorInfo>, attrs ?? {}, backend as DeviceBackend),
  });
}

/** Registers a kernel that computes a value of the first input's shape from those of its inputs. */
function registerValueByValue(
  kernelName: string,
  names: readonly string[],
  expression: (attrs: NamedAttrMap) => string,
): void {
  const inputs = Object.fromEntries(names.map((name) => [name, "f32" as const]));
  register(kernelName, (given, attrs, backend) => {
    const output = backend.makeOutput(given[names[0]!]!.shape);
    backend.runShader({
      code: forEach({ inputs, outputs: { out: "f32" } }, "out", `out[i] = ${expression(attrs)};`),
      inputs: names.map((name) => given[name]!),
      outputs: [output],
      workgroups: workgroupsFor(tf.util.sizeFromShape(output.shape)),
    });
    return output;
  });
}

/** A number as WGSL reads it. */
function float(value: unknown): string {
  return `f32(${Math.fround(value as number)})`;
}

function registerAdam(): void {
  const names = ["variable", "first", "second", "gradient", "stepSize", "epsilon"] as const;
  const floats = (of: readonly string[]): Record<string, "f32"> =>
    Object.fromEntries(of.map((name) => [name, "f32" as const]));
  const buffers = {
    inputs: floats(names),
    outputs: floats(["newVariable", "newFirst", "newSecond"]),
  };
  register(APPLY_ADAM, (given, { beta1, beta2 }, backend) => {
    const { shape } = given["variable"]!;
    const outputs = Array.from({ length: 3 }, () => backend.makeOutput(shape));
    const share = (decay: unknown): string => float(1 - Math.fround(decay as number));
    backend.runShader({
      code: forEach(
        buffers,
        "newVariable",
        `let g = gradient[i];
  let m = first[i] + (g - first[i]) * ${share(beta1)};
  let v = second[i] + (g * g - second[i]) * ${share(beta2)};
  newFirst[i] = m;
  newSecond[i] = v;
  newVariable[i] = variable[i] - stepSize[0] * m / (sqrt(v) + epsilon[0]);`,
      ),
      inputs: names.map((name) => given[name]!),
      outputs,
      workgroups: workgroupsFor(tf.util.sizeFromShape(shape)),
    });
    return outputs;
  });
}

function registerBatchNorm(): void {
  register(BATCH_NORM_TRAINING, (given, { epsilon }, backend) => {
    const [x, scale, offset] = [given["x"]!, given["scale"]!, given["offset"]!];
    const of = (shape: readonly number[]): TensorInfo => backend.makeOutput(shape);
    const y = of(x.shape);
    const [mean, variance, inverse] = [of(scale.shape), of(scale.shape), of(scale.shape)];
    const [channels = 1] = scale.shape;
    backend.runShader({
      code: statistics(epsilon as number),
      inputs: [x, scale],
      outputs: [mean, variance, inverse],
      workgroups: workgroupsForChannels(channels),
    });
    backend.runShader({
      code: NORMALISE,
      inputs: [x, mean, inverse, scale, offset],
      outputs: [y],
      workgroups: workgroupsFor(tf.util.sizeFromShape(x.shape)),
    });
    // The gradient wants the mean once more, and a third reserve that it does not read.
    for (const { dataId } of [mean, inverse]) backend.incRef(dataId);
    return [y, mean, variance, { ...mean }, inverse, { ...inverse }];
  });
  register(BATCH_NORM_TRAINING_GRADIENT, (given, _, backend) => {
    const [dy, x, scale] = [given["dy"]!, given["x"]!, given["scale"]!];
    const [mean, inverse] = [given["reserve1"]!, given["reserve2"]!];
    const dx = backend.makeOutput(x.shape);
    const [dscale, doffset] = [backend.makeOutput(scale.shape), backend.makeOutput(scale.shape)];
    const [channels = 1] = scale.shape;
    backend.runShader({
      code: SUM_GRADIENTS,
      inputs: [dy, x, mean, inverse],
      outputs: [dscale, doffset],
      workgroups: workgroupsForChannels(channels),
    });
    backend.runShader({
      code: GRADIENT,
      inputs: [dy, x, scale, mean, inverse, dscale, doffset],
      outputs: [dx],
      workgroups: workgroupsFor(tf.util.sizeFromShape(x.shape)),
    });
    return [dx, dscale, doffset];
  });
}

/** Ours for pictures with channels last; otherwise tfjs' own. */
function registerConvolutionGradients(): void {
  const ownFilter = tf.getKernel("Conv2DBackpropFilter", NAME).kernelFunc;
  register("Conv2DBackpropFilter", (inputs, attrs, backend) => {
    const [x, dy] = [inputs["x"]!, inputs["dy"]!];
    const conv = sizesOf(x.shape, attrs["filterShape"] as number[], attrs);
    return conv ? filterGradient(backend, x, dy, conv) : ownFilter({ inputs, attrs, backend });
  });
  const ownInput = tf.getKernel("Conv2DBackpropInput", NAME).kernelFunc;
  register("Conv2DBackpropInput", (inputs, attrs, backend) => {
    const [dy, filter] = [inputs["dy"]!, inputs["filter"]!];
    const conv = sizesOf(attrs["inputShape"] as number[], filter.shape, attrs);
    return conv && hasEnoughPixels(conv)
      ? inputGradient(backend, dy, filter, conv)
      : ownInput({ inputs, attrs, backend });
  });
}

function registerRandom(): void {
  for (const [name, code] of [[STATELESS_UNIFORM, UNIFORM], [STATELESS_NORMAL, NORMAL]] as const) {
    register(name, ({ seed }, { shape }, backend) => {
      const drawn = backend.makeOutput(shape as number[]);
      const workgroups = workgroupsFor(tf.util.sizeFromShape(drawn.shape));
      backend.runShader({ code, inputs: [seed!], outputs: [drawn], workgroups });
      return drawn;
    });
  }
}

/** Above the number of every check. */
const NONE = 2 ** 31 - 1;

const FIND = forEach(
  { inputs: { x: "f32" }, outputs: { found: "atomic<i32>" }, uniforms: ["check"] },
  "x",
  // All bits of the exponent are set in infinities and NaN.
  "if ((bitcast<u32>(x[i]) & 0x7f800000u) == 0x7f800000u) { atomicMin(&found[0], given.check); }",
);

/**
 * Nothing is read within a step: the kernel notes on the device which check was the first to fail, and
 * the number is read when the step is done, with its losses.
 */
function registerFinite(): void {
  let whats: string[] = [];
  let found: TensorInfo | null = null;
  register(REQUIRE_FINITE, ({ x }, { message }, backend) => {
    found ??= backend.makeTensorInfo([1], "int32", Int32Array.of(NONE));
    backend.runShader({
      code: FIND,
      inputs: [x!],
      outputs: [found],
      uniforms: [whats.push(message as string) - 1],
      workgroups: workgroupsFor(tf.util.sizeFromShape(x!.shape)),
    });
    backend.incRef(x!.dataId);
    return { ...x! };
  });
  registerLateCheck(NAME, async () => {
    const backend = tf.backend() as DeviceBackend;
    if (found === null) return await backend.requireDevice();
    const [{ dataId }, messages] = [found, whats];
    [found, whats] = [null, []];
    const { resource } = backend.tensorMap.get(dataId);
    const [first = NONE] = new Int32Array(await backend.getBufferData(resource!));
    backend.disposeData(dataId);
    if (first !== NONE) throw new Error(messages[first]);
  });
}

/** Registers all kernels, once. */
export function registerKernels({ maxStorageBuffersPerShaderStage }: GPUSupportedLimits): void {
  if (maxStorageBuffersPerShaderStage >= ADAM_BUFFERS) registerAdam();
  registerBatchNorm();
  registerConvolutionGradients();
  registerRandom();
  registerFinite();
  registerValueByValue(
    MOVE_TOWARDS,
    ["variable", "value", "share"],
    () => "variable[i] - (variable[i] - value[i]) * share[0]",
  );
  registerValueByValue(RELU_GRADIENT, ["dy", "x"], () => "select(0.0, dy[i], x[i] > 0.0)");
  registerValueByValue(
    LEAKY_RELU_GRADIENT,
    ["dy", "x"],
    ({ alpha }) => `select(${float(alpha)} * dy[i], dy[i], x[i] > 0.0)`,
  );
}
