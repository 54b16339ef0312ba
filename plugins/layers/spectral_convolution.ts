/** Convolutions whose weights are divided by their spectral norm. */
import * as tf from "@tensorflow/tfjs";
import type { LayerVariable, Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import type { Mode } from "../../core/plugin.ts";
import type { Initializer } from "./initializers.ts";
import { SpectralNorm } from "./spectral_norm.ts";

/** What tfjs' convolutions are told, and a seed. */
export interface SpectralConvolutionArguments {
  readonly name: string;
  readonly filters: number;
  readonly kernelSize: [height: number, width: number];
  readonly strides: number;
  readonly padding: "same" | "valid";
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  /** Decides where the power iteration begins. */
  readonly seed: number;
}

/** The parts of tfjs' convolutions that are used here. */
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

// tfjs makes layers of these classes, but does not export them.
const ANY = { filters: 1, kernelSize: 1 };
const Conv2D = tf.layers.conv2d(ANY).constructor as unknown as ConvolutionClass;
const Conv2DTranspose = tf.layers.conv2dTranspose(ANY).constructor as unknown as ConvolutionClass;

/** `[height, width, in, filters]` as `[height * width * in, filters]`. */
function matrixOf(kernel: Tensor): Tensor2D {
  return tf.reshape(kernel, [-1, kernel.shape.at(-1)!]);
}

/** `[height, width, filters, in]` as `[height * width * in, filters]`. */
function matrixOfTransposed(kernel: Tensor): Tensor2D {
  return matrixOf(tf.transpose(kernel, [0, 1, 3, 2]));
}

function matrixSize({ kernel, filters }: Convolution): { rows: number; columns: number } {
  return { rows: tf.util.sizeFromShape(kernel.shape as number[]) / filters, columns: filters };
}

function only(inputs: Tensor | Tensor[]): Tensor4D {
  return (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
}

function addBias(y: Tensor4D, { bias }: Convolution): Tensor4D {
  return bias === null ? y : tf.add(y, bias.read() as Tensor1D);
}

class SpectralConvolution extends Conv2D {
  static readonly className = "SpectralConvolution";
  readonly #seed: number;
  // tfjs calls build() before call().
  #norm!: SpectralNorm;

  constructor(args: SpectralConvolutionArguments) {
    super(args);
    this.#seed = args.seed;
  }

  override build(inputShape: number[]): void {
    super.build(inputShape);
    this.#norm = new SpectralNorm({
      addWeight: (name, shape, initial) =>
        this.addWeight(name, shape, "float32", initial, undefined, false),
      matrix: () => matrixOf(this.kernel.read()),
      ...matrixSize(this),
      seed: this.#seed,
    });
  }

  override call(inputs: Tensor | Tensor[], mode: Partial<Mode>): Tensor {
    return tf.tidy(() => {
      const kernel = this.kernel.read() as Tensor4D;
      const normalised = tf.div<Tensor4D>(kernel, this.#norm.of(matrixOf(kernel), mode));
      return addBias(tf.conv2d(only(inputs), normalised, this.strides, this.padding), this);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), seed: this.#seed };
  }
}
tf.serialization.registerClass(SpectralConvolution);

class SpectralTransposedConvolution extends Conv2DTranspose {
  static readonly className = "SpectralTransposedConvolution";
  readonly #seed: number;
  #norm!: SpectralNorm;

  constructor(args: SpectralConvolutionArguments) {
    super(args);
    this.#seed = args.seed;
  }

  override build(inputShape: number[]): void {
    super.build(inputShape);
    this.#norm = new SpectralNorm({
      addWeight: (name, shape, initial) =>
        this.addWeight(name, shape, "float32", initial, undefined, false),
      matrix: () => matrixOfTransposed(this.kernel.read()),
      ...matrixSize(this),
      seed: this.#seed,
    });
  }

  override call(inputs: Tensor | Tensor[], mode: Partial<Mode>): Tensor {
    return tf.tidy(() => {
      const x = only(inputs);
      const kernel = this.kernel.read() as Tensor4D;
      const norm = this.#norm.of(matrixOfTransposed(kernel), mode);
      const normalised = tf.div<Tensor4D>(kernel, norm);
      const shape = this.computeOutputShape(x.shape) as [number, number, number, number];
      return addBias(
        tf.conv2dTranspose(x, normalised, shape, this.strides, this.padding),
        this,
      );
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), seed: this.#seed };
  }
}
tf.serialization.registerClass(SpectralTransposedConvolution);

/**
 * A layer that convolves with its weights divided by their spectral norm: `convolution` with the
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

/** The same for a transposed convolution. */
export function spectralTransposedConvolution(
  args: SpectralConvolutionArguments,
): tf.layers.Layer {
  return new SpectralTransposedConvolution(args);
}
