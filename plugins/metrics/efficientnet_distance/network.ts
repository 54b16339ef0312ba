/** EfficientNet-Lite0 without its head, with the weights of the package `efficientnet_lite_pytorch`. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import { apply, ImportedNetwork, type NetworkWeights } from "../../../core/plugin.ts";

/** The stages of blocks: how often, kernel, stride of the first, expansion, channels. */
const STAGES = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
] as const;

/** The last block at each size: a half to a thirty-second of the picture's side. */
export const COMPARED = ["block0", "block2", "block4", "block10", "block15"] as const;

/** Builds the network as far as its last block; each block is a layer `block0` to `block15`. */
export function buildEfficientnetLite0(weights: NetworkWeights): LayersModel {
  const network = new ImportedNetwork(weights);
  const rectified = (x: SymbolicTensor, name: string): SymbolicTensor =>
    apply(tf.layers.reLU({ name, maxValue: 6 }), x);
  let x = rectified(
    network.convolution(network.input, "_conv_stem", {
      ...{ kernel: 3, filters: 32, stride: 2, pad: "same", norm: "_bn0" },
    }),
    "stem",
  );
  let index = 0;
  for (const [count, kernel, firstStride, expansion, filters] of STAGES) {
    for (let repeat = 0; repeat < count; repeat++, index++) {
      const own = `_blocks.${index}`, name = `block${index}`, before = x;
      const channels = x.shape.at(-1)!, stride = repeat === 0 ? firstStride : 1;
      if (expansion > 1) {
        const options = { kernel: 1, filters: expansion * channels, norm: `${own}._bn0` };
        x = rectified(network.convolution(x, `${own}._expand_conv`, options), `${name}_expanded`);
      }
      x = rectified(
        network.convolution(x, `${own}._depthwise_conv`, {
          ...{ kernel, stride, pad: "same", norm: `${own}._bn1` },
        }),
        `${name}_depthwise`,
      );
      const skips = stride === 1 && channels === filters;
      x = network.convolution(x, `${own}._project_conv`, {
        ...{ name: skips ? `${name}_projected` : name, kernel: 1, filters, norm: `${own}._bn2` },
      });
      if (skips) x = apply(tf.layers.add({ name }), [before, x]);
    }
  }
  return network.finish(x);
}
