/** The networks of LPIPS as torchvision has them, as far as the last features that are compared. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import { PairlabError, type StoredTensor } from "../../../core/plugin.ts";

/** A network of LPIPS. */
export type LpipsNetwork = "alex" | "vgg" | "squeeze";

/** A layer of torchvision's `features`, whose index it has. */
type Layer =
  | { readonly kind: "convolution"; kernel: number; filters: number; stride?: number; pad?: number }
  | { readonly kind: "relu" }
  /** By 2 of each `kernel` positions; `partial` keeps a last window that is not whole. */
  | { readonly kind: "pool"; kernel: number; partial?: boolean }
  | { readonly kind: "fire"; squeeze: number; expand: number };

interface Description {
  readonly layers: readonly Layer[];
  /** The compared layers, by name. */
  readonly features: readonly string[];
  /** torchvision's file. */
  readonly file: string;
}

const relu: Layer = { kind: "relu" };
const conv = (kernel: number, filters: number, pad = 0, stride = 1): Layer => ({
  kind: "convolution",
  kernel,
  filters,
  pad,
  stride,
});
const fire = (squeeze: number, expand: number): Layer => ({ kind: "fire", squeeze, expand });
const named = (indices: readonly number[]): string[] => indices.map((index) => `features${index}`);

const alexPool: Layer = { kind: "pool", kernel: 3 };
const squeezePool: Layer = { kind: "pool", kernel: 3, partial: true };

function vggLayers(): Layer[] {
  const layers: Layer[] = [];
  for (
    const [index, [count, filters]] of [[2, 64], [2, 128], [3, 256], [3, 512], [3, 512]].entries()
  ) {
    if (index > 0) layers.push({ kind: "pool", kernel: 2 });
    for (let i = 0; i < count!; i++) layers.push(conv(3, filters!, 1), relu);
  }
  return layers;
}

/** The networks, up to their last compared layer. */
export const NETWORKS: Readonly<Record<LpipsNetwork, Description>> = {
  alex: {
    layers: [
      ...[conv(11, 64, 2, 4), relu, alexPool, conv(5, 192, 2), relu, alexPool],
      ...[conv(3, 384, 1), relu, conv(3, 256, 1), relu, conv(3, 256, 1), relu],
    ],
    features: named([1, 4, 7, 9, 11]),
    file: "alexnet-owt-7be5be79.pth",
  },
  vgg: {
    layers: vggLayers(),
    features: named([3, 8, 15, 22, 29]),
    file: "vgg16-397923af.pth",
  },
  squeeze: {
    layers: [
      ...[conv(3, 64, 0, 2), relu, squeezePool, fire(16, 64), fire(16, 64), squeezePool],
      ...[fire(32, 128), fire(32, 128), squeezePool, fire(48, 192), fire(48, 192)],
      ...[fire(64, 256), fire(64, 256)],
    ],
    features: named([1, 4, 7, 9, 10, 11, 12]),
    file: "squeezenet1_1-b8a52dc0.pth",
  },
};

/**
 * Builds a network for pictures of any size, with torchvision's weights.
 *
 * @param weightOf Gives a weight by torchvision's name, e.g. `features.0.weight`.
 */
export function buildNetwork(
  network: LpipsNetwork,
  weightOf: (name: string) => StoredTensor,
): LayersModel {
  const size = null as unknown as number;
  const input = tf.input({ shape: [size, size, 3], name: "pictures" });
  const values: [tf.layers.Layer, string][] = [];
  const convolve = (
    x: SymbolicTensor,
    name: string,
    own: string,
    { kernel, filters, stride = 1, pad = 0 }: Extract<Layer, { kind: "convolution" }>,
  ): SymbolicTensor => {
    const padded = pad === 0 ? x : padding(x, `${name}_padding`, [pad, pad]);
    const layer = tf.layers.conv2d({
      name,
      filters,
      kernelSize: kernel,
      strides: stride,
      padding: "valid",
      // tfjs would draw random numbers, one by one.
      kernelInitializer: "zeros",
    });
    values.push([layer, own]);
    return layer.apply(padded) as SymbolicTensor;
  };
  const rectify = (x: SymbolicTensor, name: string): SymbolicTensor =>
    tf.layers.reLU({ name }).apply(x) as SymbolicTensor;

  let x = input;
  for (const [index, layer] of NETWORKS[network].layers.entries()) {
    const name = `features${index}`, own = `features.${index}`;
    if (layer.kind === "relu") x = rectify(x, name);
    else if (layer.kind === "convolution") x = convolve(x, name, own, layer);
    else if (layer.kind === "pool") {
      // After a ReLU a row of zeros counts as none.
      const whole = layer.partial ? padding(x, `${name}_padding`, [0, 1]) : x;
      const pool = tf.layers.maxPooling2d({ name, poolSize: layer.kernel, strides: 2 });
      x = pool.apply(whole) as SymbolicTensor;
    } else {
      const part = (x: SymbolicTensor, part: string, kernel: number, filters: number) =>
        rectify(
          convolve(x, `${name}_${part}`, `${own}.${part}`, {
            kind: "convolution",
            kernel,
            filters,
            pad: (kernel - 1) / 2,
          }),
          `${name}_${part}_relu`,
        );
      const squeezed = part(x, "squeeze", 1, layer.squeeze);
      const expanded = [
        part(squeezed, "expand1x1", 1, layer.expand),
        part(squeezed, "expand3x3", 3, layer.expand),
      ];
      x = tf.layers.concatenate({ name }).apply(expanded) as SymbolicTensor;
    }
  }
  const model = tf.model({ inputs: input, outputs: x, name: network });
  tf.tidy(() => {
    for (const [layer, own] of values) {
      const weight = weightOf(`${own}.weight`), bias = weightOf(`${own}.bias`);
      const [kernel] = layer.weights;
      const [height, width, inputs, outputs] = kernel!.shape as number[];
      if (weight.shape.join() !== [outputs, inputs, height, width].join()) {
        throw new PairlabError(
          `Cannot build "${network}": "${own}.weight" is [${weight.shape}], not [${outputs},${inputs},${height},${width}]. Import the weights of this network.`,
        );
      }
      const own4 = tf.tensor4d(
        weight.values as Float32Array,
        weight.shape as [number, number, number, number],
      );
      layer.setWeights([
        tf.transpose(own4, [2, 3, 1, 0]),
        tf.tensor1d(bias.values as Float32Array),
      ]);
    }
  });
  return model;
}

function padding(
  x: SymbolicTensor,
  name: string,
  [before, after]: [number, number],
): SymbolicTensor {
  const layer = tf.layers.zeroPadding2d({ name, padding: [[before, after], [before, after]] });
  return layer.apply(x) as SymbolicTensor;
}
