/**
 * Kernels for training that tfjs' wasm backend lacks, or whose own version is wrong or slow.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { registerStatelessRandom } from "../../ops/stateless_random.ts";
import { sizesOf } from "../convolution_sizes.ts";
import { quietCpuBackend } from "../cpu/backend.ts";
import { borrowCpuKernel } from "./borrowed.ts";
import { convolve, convolveFew, filterGradient, inputGradient } from "./convolution.ts";
import { floatsOf } from "./heap.ts";
import { type Convolution, positionsOf } from "./patches.ts";
import { registerTrainingKernels } from "./training_kernels.ts";

const NAME = "wasm";

/** Registers a kernel in place of the backend's own, if any. */
function replaceKernel(kernelName: string, kernelFunc: KernelFunc): void {
  const own = tf.getKernel(kernelName, NAME);
  if (own !== undefined) tf.unregisterKernel(kernelName, NAME);
  // Keeps the setup of the backend's own kernel, for kernels that call it.
  tf.registerKernel({ ...own, kernelName, backendName: NAME, kernelFunc });
}

/** The backend's own kernel. */
function ownKernel(kernelName: string): KernelFunc {
  const own = tf.getKernel(kernelName, NAME);
  if (own === undefined) throw new Error(`Cannot find the wasm kernel "${kernelName}"`);
  return own.kernelFunc;
}

function convolutionOf(...given: Parameters<typeof sizesOf>): Convolution {
  const sizes = sizesOf(...given);
  if (sizes !== null) return sizes;
  throw new Error('Cannot convolve "NCHW" tensors on the engine wasm. Use "NHWC".');
}

/**
 * Whether extracting patches is faster. The backend's own kernel packs a filter that has changed,
 * which costs about 15 patches per column (measured from 3 to 1024 channels, 1x1 to 256x256).
 */
function hasFewPatches(conv: Convolution): boolean {
  return positionsOf(conv) < 8 * conv.outChannels;
}

/** Whether strides skip pixels, for which the backend's own kernel can return zeros. */
function leavesOut(conv: Convolution): boolean {
  return conv.strideHeight > conv.filterHeight || conv.strideWidth > conv.filterWidth;
}

/** Adds `bias`, `[channels]`, to every position. */
function addBias(y: Float32Array, bias: Float32Array): void {
  for (let position = 0; position < y.length; position += bias.length) {
    for (let channel = 0; channel < bias.length; channel++) {
      y[position + channel] = y[position + channel]! + bias[channel]!;
    }
  }
}

function registerConvolutions(): void {
  for (const name of ["Conv2D", "FusedConv2D"]) {
    const own = ownKernel(name);
    replaceKernel(name, (call) => {
      const { x, filter, bias } = call.inputs as Record<"x" | "filter" | "bias", TensorInfo>;
      const attrs = call.attrs ?? {};
      const conv = convolutionOf(x.shape, filter.shape, attrs);
      const plain = conv.dilationHeight === 1 && conv.dilationWidth === 1 &&
        (attrs["activation"] ?? "linear") === "linear";
      if (!plain || !(hasFewPatches(conv) || leavesOut(conv))) return own(call);
      const backend = call.backend as BackendWasm;
      const few = positionsOf(conv) < conv.outChannels;
      const y = (few ? convolveFew : convolve)(backend, x, filter, conv);
      if (bias) addBias(floatsOf(backend, y), floatsOf(backend, bias));
      return y;
    });
  }
  replaceKernel("Conv2DBackpropInput", ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    const conv = convolutionOf(attrs?.["inputShape"] as number[], filter.shape, attrs ?? {});
    return inputGradient(backend as BackendWasm, dy, filter, conv);
  });
  replaceKernel("Conv2DBackpropFilter", ({ inputs, attrs, backend }) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const conv = convolutionOf(x.shape, attrs?.["filterShape"] as number[], attrs ?? {});
    return filterGradient(backend as BackendWasm, x, dy, conv);
  });
}

/** The backend's own kernel copies values, and saving a value for a gradient clones it. */
function registerIdentity(): void {
  replaceKernel("Identity", ({ inputs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    (backend as BackendWasm).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
}

/** The backend's own kernel copies the lowest byte: 256 becomes false. */
function registerCast(): void {
  const own = ownKernel("Cast");
  replaceKernel("Cast", (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    if (call.attrs?.["dtype"] !== "bool" || x.dtype === "bool") return own(call);
    const backend = call.backend as BackendWasm;
    const truth = backend.makeOutput(x.shape, "bool");
    const from = backend.typedArrayFromHeap(x), to = backend.typedArrayFromHeap(truth);
    for (let i = 0; i < to.length; i++) to[i] = from[i] === 0 ? 0 : 1;
    return truth;
  });
}

let registered = false;

/** Registers all kernels, once, before `tf.setBackend("wasm")`. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerConvolutions();
  registerCast();
  registerIdentity();
  registerTrainingKernels();
  registerStatelessRandom(NAME, (backend) => {
    const wasm = backend as BackendWasm;
    return {
      readSync: (dataId) => wasm.readSync(dataId) as Int32Array,
      makeFilled: (shape, fill) => {
        const filled = wasm.makeOutput([...shape], "float32");
        fill(floatsOf(wasm, filled));
        return filled;
      },
    };
  });
  quietCpuBackend();
  // Missing: gradients of gather and of depthwise convolutions.
  borrowCpuKernel("UnsortedSegmentSum", NAME);
  borrowCpuKernel("DepthwiseConv2dNativeBackpropFilter", NAME);
  borrowCpuKernel("DepthwiseConv2dNativeBackpropInput", NAME);
  // Wrong: misses maxima; handles only the first picture of a batch.
  borrowCpuKernel("MaxPoolGrad", NAME);
  borrowCpuKernel("ResizeNearestNeighborGrad", NAME);
}
