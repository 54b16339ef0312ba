/**
 * Convolutions on TensorFlow, in place of tfjs-node's: each product in the fastest way
 * for its shape (`lowering.ts` has the rule), and with padding of any kind.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { KernelFunc, NamedAttrMap, Tensor, Tensor4D } from "@tensorflow/tfjs";
import * as fold from "./convolution/fold.ts";
import * as native from "./convolution/native.ts";
import { addBias, type Backend, type Convolution } from "./convolution/operations.ts";
import * as patches from "./convolution/patches.ts";
import * as shifts from "./convolution/shifts.ts";
import * as single from "./convolution/single.ts";
import * as thin from "./convolution/thin.ts";
import { byTiles } from "./convolution/tiles.ts";
import {
  type FilterGradientWay,
  filterGradientWay,
  type ForwardWay,
  forwardWay,
  type InputGradientWay,
  inputGradientWay,
  type LoweringOptions,
} from "./lowering.ts";

/** Computes one of the three products of a convolution from two tensors. */
export type Product = (
  backend: Backend,
  first: Tensor4D,
  second: Tensor4D,
  conv: Convolution,
) => Tensor4D;

const tiles2 = byTiles(2), tiles3 = byTiles(3), tiles4 = byTiles(4);

/** y from x and the filter. */
export const forwardWays: Readonly<Record<ForwardWay, Product>> = {
  native: native.forward,
  patches: patches.forward,
  thin: thin.forward,
  tiles2: tiles2.forward,
  tiles3: tiles3.forward,
  tiles4: tiles4.forward,
};

/** dx from dy and the filter. */
export const inputGradientWays: Readonly<Record<InputGradientWay, Product>> = {
  native: native.inputGradient,
  fold: fold.inputGradient,
  single: single.inputGradient,
  thin: thin.inputGradient,
  tiles2: tiles2.inputGradient,
  tiles3: tiles3.inputGradient,
  tiles4: tiles4.inputGradient,
};

/** dfilter from x and dy. */
export const filterGradientWays: Readonly<Record<FilterGradientWay, Product>> = {
  native: native.filterGradient,
  patches: patches.filterGradient,
  shifts: shifts.filterGradient,
  thin: thin.filterGradient,
  tiles2: tiles2.filterGradient,
  tiles3: tiles3.filterGradient,
  tiles4: tiles4.filterGradient,
};

/** A GPU's own kernels are left alone. */
function canLower(backend: Backend, x: Tensor): boolean {
  return !backend.isUsingGpuDevice && x.dtype === "float32";
}

function convolutionOf(
  inShape: number[],
  filterShape: number[],
  attrs: NamedAttrMap | undefined,
): Convolution {
  const { strides, pad, dilations, dimRoundingMode, dataFormat } = attrs as unknown as Attributes;
  return tf.backend_util.computeConv2DInfo(
    inShape as Shape,
    filterShape as Shape,
    strides,
    // The gradients' kernels have no such attribute.
    dilations ?? 1,
    pad,
    dimRoundingMode,
    false,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  );
}

type Shape = [number, number, number, number];

/** Those of tfjs' convolutions, as far as they tell the sizes. */
interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly dataFormat: "NHWC" | "NCHW";
}

/** The kernels, which choose the way of each product by `options`. */
function kernelsFor(options: LoweringOptions): Readonly<Record<string, KernelFunc>> {
  const forward: Product = (backend, x, filter, conv) => {
    const way = canLower(backend, x) ? forwardWay(conv, options) : "native";
    return forwardWays[way](backend, x, filter, conv);
  };

  const conv2d: KernelFunc = ({ inputs, attrs, backend }) => {
    const { x, filter } = inputs as Record<string, Tensor4D>;
    const conv = convolutionOf(x!.shape, filter!.shape, attrs);
    return tf.tidy(() => forward(backend as Backend, x!, filter!, conv));
  };

  const conv2dBackpropInput: KernelFunc = ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs as Record<string, Tensor4D>;
    const conv = convolutionOf(attrs?.["inputShape"] as number[], filter!.shape, attrs);
    const way = canLower(backend as Backend, dy!) ? inputGradientWay(conv, options) : "native";
    return tf.tidy(() => inputGradientWays[way](backend as Backend, dy!, filter!, conv));
  };

  const conv2dBackpropFilter: KernelFunc = ({ inputs, attrs, backend }) => {
    const { x, dy } = inputs as Record<string, Tensor4D>;
    const conv = convolutionOf(x!.shape, attrs?.["filterShape"] as number[], attrs);
    const way = canLower(backend as Backend, dy!) ? filterGradientWay(conv, options) : "native";
    return tf.tidy(() => filterGradientWays[way](backend as Backend, x!, dy!, conv));
  };

  // What tfjs' convolution layers call.
  const fusedConv2d: KernelFunc = ({ inputs, attrs, backend }) => {
    const { x, filter, bias, preluActivationWeights } = inputs as Record<string, Tensor4D>;
    const conv = convolutionOf(x!.shape, filter!.shape, attrs);
    return tf.tidy(() => {
      const y = forward(backend as Backend, x!, filter!, conv);
      return (backend as Backend).applyActivation(
        bias === undefined ? y : addBias(backend as Backend, y, bias),
        attrs?.["activation"] as string,
        preluActivationWeights,
        attrs?.["leakyreluAlpha"] as number,
      );
    });
  };

  return {
    Conv2D: conv2d,
    Conv2DBackpropInput: conv2dBackpropInput,
    Conv2DBackpropFilter: conv2dBackpropFilter,
    FusedConv2D: fusedConv2d,
  };
}

/** Registers the kernels in place of those registered for `backendName` before. */
export function registerConvolutions(backendName: string, options: LoweringOptions): void {
  for (const [kernelName, kernelFunc] of Object.entries(kernelsFor(options))) {
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
}
