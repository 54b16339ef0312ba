/** Convolutions whose weights are divided by their spectral norm. */
import * as tf from "@tensorflow/tfjs";
import type { LayerVariable, Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import type { Mode } from "../../core/plugin.ts";
import type { Initializer } from "./initializers.ts";
import { onlyInput } from "./layer.ts";
import { SpectralNorm } from "./spectral_norm.ts";

/** Arguments of tfjs' convolutions, and a seed. */
export interface SpectralConvolutionArguments {
  readonly name: string;
  readonly filters: number;
  readonly kernelSize: [height: number, width: number];
  readonly strides: number;
  readonly padding: "same" | "valid";
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  /** Seed of the power iteration's first vector. */
  readonly seed: number;
}

/** The used parts of tfjs' convolutions. */
interface Convolution extends tf.layers.Layer {
  readonly kernel: LayerVariable;
  readonly bias: LayerVariable | null;
  readonly filters: number;
  readonly strides: [number, number];
  readonly padding: "same" | "valid";
}

type ConvolutionClass =
  & (new (args: SpectralConvolutionArguments) => Convolution)
  & Pick<typeof tf.serialization.Serializable, "fromConfig">;

// tfjs does not export these classes.
const ANY = { filters: 1, kernelSize: 1 };
const Conv2D = tf.layers.conv2d(ANY).constructor as unknown as ConvolutionClass;
const Conv2DTranspose = tf.layers.conv2dTranspose(ANY).constructor as unknown as ConvolutionClass;

/** How a kind of convolution uses its kernel. */
interface Kind {
  /** The kernel as a matrix `[height * width * in, filters]`. */
  readonly toMatrix: (kernel: Tensor) => Tensor2D;
  readonly convolve: (layer: Convolution, x: Tensor4D, kernel: Tensor4D) => Tensor4D;
}

/** A convolution of tfjs that divides its kernel by its spectral norm. */
function spectral(
  Base: ConvolutionClass,
  className: string,
  { toMatrix, convolve }: Kind,
): ConvolutionClass {
  class Spectral extends Base {
    static readonly className = className;
    readonly #seed: number;
    // tfjs calls build() before call().
    #norm!: SpectralNorm;

    constructor(args: SpectralConvolutionArguments) {
      super(args);
      this.#seed = args.seed;
    }

    override build(inputShape: number[]): void {
      super.build(inputShape);
      const { kernel, filters } = this;
      this.#norm = new SpectralNorm({
        addWeight: (name, shape, initial) =>
          this.addWeight(name, shape, "float32", initial, undefined, false),
        matrix: () => toMatrix(kernel.read()),
        rows: tf.util.sizeFromShape(kernel.shape as number[]) / filters,
        columns: filters,
        seed: this.#seed,
      });
    }

    override call(inputs: Tensor | Tensor[], mode: Partial<Mode>): Tensor {
      return tf.tidy(() => {
        const kernel = this.kernel.read() as Tensor4D;
        const normalised = tf.div<Tensor4D>(kernel, this.#norm.of(toMatrix(kernel), mode));
        const y = convolve(this, onlyInput(inputs) as Tensor4D, normalised);
        return this.bias === null ? y : tf.add(y, this.bias.read() as Tensor1D);
      });
    }

    override getConfig(): tf.serialization.ConfigDict {
      return { ...super.getConfig(), seed: this.#seed };
    }
  }
  tf.serialization.registerClass(Spectral);
  return Spectral;
}

const toMatrix = (kernel: Tensor): Tensor2D => tf.reshape(kernel, [-1, kernel.shape.at(-1)!]);

const SpectralConvolution = spectral(Conv2D, "SpectralConvolution", {
  toMatrix,
  convolve: ({ strides, padding }, x, kernel) => tf.conv2d(x, kernel, strides, padding),
});

const SpectralTransposedConvolution = spectral(Conv2DTranspose, "SpectralTransposedConvolution", {
  // Its kernel is [height, width, filters, in].
  toMatrix: (kernel) => toMatrix(tf.transpose(kernel, [0, 1, 3, 2])),
  convolve: (layer, x, kernel) => {
    const shape = layer.computeOutputShape(x.shape) as [number, number, number, number];
    return tf.conv2dTranspose(x, kernel, shape, layer.strides, layer.padding);
  },
});

/**
 * A convolution whose kernel is divided by its spectral norm: the layer of `convolution` with the
 * option `spectral`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { convolution } from "./convolution.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [8, 8, 3] });
 * const options = { name: "block1_convolution", seed: 23, filters: 4, bias: true };
 * const model = tf.model({
 *   inputs: input,
 *   outputs: convolution(input, { ...options, spectral: true }),
 * });
 * assertEquals(model.nonTrainableWeights.map((weight) => weight.originalName), [
 *   "block1_convolution/v",
 *   "block1_convolution/u",
 * ]);
 * ```
 */
export function spectralConvolution(args: SpectralConvolutionArguments): tf.layers.Layer {
  return new SpectralConvolution(args);
}

/** {@link spectralConvolution} for transposed convolutions. */
export function spectralTransposedConvolution(
  args: SpectralConvolutionArguments,
): tf.layers.Layer {
  return new SpectralTransposedConvolution(args);
}
