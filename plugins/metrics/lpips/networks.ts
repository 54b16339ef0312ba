/** The networks of LPIPS as torchvision has them, as far as the last features that are compared. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import { apply, ImportedNetwork, type NetworkWeights } from "../../../core/plugin.ts";

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
  /** Channels of each. */
  readonly channels: readonly number[];
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
    channels: [64, 192, 384, 256, 256],
  },
  vgg: {
    layers: vggLayers(),
    features: named([3, 8, 15, 22, 29]),
    channels: [64, 128, 256, 512, 512],
  },
  squeeze: {
    layers: [
      ...[conv(3, 64, 0, 2), relu, squeezePool, fire(16, 64), fire(16, 64), squeezePool],
      ...[fire(32, 128), fire(32, 128), squeezePool, fire(48, 192), fire(48, 192)],
      ...[fire(64, 256), fire(64, 256)],
    ],
    features: named([1, 4, 7, 9, 10, 11, 12]),
    channels: [64, 128, 256, 384, 384, 512, 512],
  },
};

/** Builds a network for pictures of any size, with torchvision's weights. */
export function buildNetwork(network: LpipsNetwork, weights: NetworkWeights): LayersModel {
  const built = new ImportedNetwork(weights);
  const rectified = (x: SymbolicTensor, name: string): SymbolicTensor =>
    apply(tf.layers.reLU({ name }), x);
  let x = built.input;
  for (const [index, layer] of NETWORKS[network].layers.entries()) {
    const name = `features${index}`, own = `features.${index}`;
    if (layer.kind === "relu") x = rectified(x, name);
    else if (layer.kind === "convolution") x = built.convolution(x, own, { ...layer, name });
    else if (layer.kind === "pool") {
      // After a ReLU a row of zeros counts as none.
      const whole = tf.layers.zeroPadding2d({
        name: `${name}_padding`,
        padding: [[0, 1], [0, 1]],
      });
      const pool = tf.layers.maxPooling2d({ name, poolSize: layer.kernel, strides: 2 });
      x = apply(pool, layer.partial ? apply(whole, x) : x);
    } else {
      const part = (x: SymbolicTensor, part: string, kernel: number, filters: number) => {
        const options = { kernel, filters, pad: (kernel - 1) / 2 };
        return rectified(built.convolution(x, `${own}.${part}`, options), `${name}_${part}_relu`);
      };
      const squeezed = part(x, "squeeze", 1, layer.squeeze);
      x = apply(tf.layers.concatenate({ name }), [
        part(squeezed, "expand1x1", 1, layer.expand),
        part(squeezed, "expand3x3", 3, layer.expand),
      ]);
    }
  }
  return built.finish(x);
}
