/** Networks of PyTorch rebuilt for their features, with imported weights. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import type { NetworkWeights } from "./imported_weights.ts";

/** A convolution as PyTorch has it. */
export interface ImportedConvolution {
  /** Names the layer. @default as TensorFlow.js allows: `own`, with underscores for dots */
  readonly name?: string;
  /** On a side, or height and width. */
  readonly kernel: number | readonly [number, number];
  /** Channels of the output. @default one for each channel of the input (depthwise) */
  readonly filters?: number;
  /** @default 1 */
  readonly stride?: number;
  /** Zeros on each side, of height and width, or as TensorFlow's "same". @default 0 */
  readonly pad?: number | readonly [number, number] | "same";
  /** A batch norm in inference mode after it, of this name, instead of a bias. */
  readonly norm?: string;
}

/** What keeps the networks' batch norms from dividing by 0: TensorFlow's, not PyTorch's default. */
const EPSILON = 1e-3;

/**
 * Builds a network for pictures of any size, convolution by convolution, and gives them the weights
 * of a file. A batch norm becomes part of its convolution.
 *
 * @example
 * ```ts ignore
 * import { ImportedNetwork, importedWeightsPath, NetworkWeights } from "../plugin.ts";
 *
 * const path = importedWeightsPath("lpips-alex");
 * const network = new ImportedNetwork(NetworkWeights.read("lpips-alex", path));
 * const x = network.convolution(network.input, "features.0", { kernel: 11, filters: 64, stride: 4 });
 * const model = network.finish(x);
 * ```
 */
export class ImportedNetwork {
  /** Pictures `[batch, height, width, 3]`. */
  readonly input: SymbolicTensor;
  readonly #weights: NetworkWeights;
  readonly #fill: (() => void)[] = [];

  constructor(weights: NetworkWeights) {
    this.#weights = weights;
    const any = null as unknown as number;
    this.input = tf.input({ shape: [any, any, 3], name: "pictures" });
  }

  /**
   * Adds a convolution.
   *
   * @param own Its name in the file, e.g. `features.0` for `features.0.weight`.
   */
  convolution(x: SymbolicTensor, own: string, options: ImportedConvolution): SymbolicTensor {
    const { name = layerName(own), filters, stride = 1, pad = 0, norm } = options;
    const kernelSize = sides(options.kernel);
    const [above, beside] = pad === "same" ? [0, 0] : sides(pad);
    const padded = above + beside === 0 ? x : apply(
      tf.layers.zeroPadding2d({
        name: `${name}_padding`,
        padding: [[above, above], [beside, beside]],
      }),
      x,
    );
    const config = {
      ...{ name, kernelSize, strides: stride },
      padding: pad === "same" ? "same" as const : "valid" as const,
    };
    // tfjs would draw random numbers, one by one.
    const layer = filters === undefined
      ? tf.layers.depthwiseConv2d({ ...config, depthwiseInitializer: "zeros" })
      : tf.layers.conv2d({ ...config, filters, kernelInitializer: "zeros" });
    const outputs = filters ?? x.shape.at(-1)!;
    const inputs = filters === undefined ? 1 : x.shape.at(-1)!;
    const shape = [outputs, inputs, ...kernelSize];
    this.#fill.push(() => layer.setWeights(this.#read(own, shape, norm, filters === undefined)));
    return apply(layer, padded);
  }

  /** The network up to an output, with its weights. */
  finish(output: SymbolicTensor): LayersModel {
    const model = tf.model({ inputs: this.input, outputs: output, name: this.#weights.network });
    for (const fill of this.#fill) tf.tidy(fill);
    return model;
  }

  /** Kernel and bias in TensorFlow.js' order. */
  #read(own: string, shape: number[], norm: string | undefined, depthwise: boolean): Tensor[] {
    const vector = (name: string): Tensor => tf.tensor1d(this.#weights.get(name, [shape[0]!]));
    const values = this.#weights.get(`${own}.weight`, shape);
    // [outputs, inputs, height, width]; a depthwise one is [channels, 1, height, width].
    const kernel = tf.transpose(
      tf.tensor(values, shape),
      depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0],
    );
    if (norm === undefined) return [kernel, vector(`${own}.bias`)];
    const [gamma, beta, mean, variance] = [
      ...["weight", "bias", "running_mean", "running_var"].map((each) => vector(`${norm}.${each}`)),
    ] as [Tensor, Tensor, Tensor, Tensor];
    const scale = tf.div(gamma, tf.sqrt(tf.add(variance, EPSILON)));
    const scaled = tf.mul(kernel, depthwise ? tf.reshape(scale, [1, 1, -1, 1]) : scale);
    return [scaled, tf.sub(beta, tf.mul(mean, scale))];
  }
}

/** The output of a layer for symbolic inputs. */
export function apply(
  layer: tf.layers.Layer,
  x: SymbolicTensor | SymbolicTensor[],
): SymbolicTensor {
  return layer.apply(x) as SymbolicTensor;
}

function sides(of: number | readonly [number, number]): [number, number] {
  return typeof of === "number" ? [of, of] : [...of];
}

/** TensorFlow.js' names begin with a letter. */
function layerName(own: string): string {
  return own.replace(/^_/, "").replaceAll(".", "_");
}
