import * as tf from "@tensorflow/tfjs";
import type { LayerVariable, SymbolicTensor, Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { type Initializer, type InitialWeights, normal } from "./initializers.ts";
import { onlyInput } from "./layer.ts";
import { layerSeed } from "./seed.ts";

/** Options of {@link depthwiseConvolution}. */
export interface DepthwiseConvolutionOptions {
  /** The layer's name, unique within the network. */
  readonly name: string;
  /** The network's seed. */
  readonly seed: number;
  /** Height and width of the kernel. @default 3 */
  readonly kernel?: number;
  /** Adds a bias per channel. @default true */
  readonly bias?: boolean;
  /** Initial weights; the fan in is that of one channel. @default normal() */
  readonly initializer?: InitialWeights;
}

/** Arguments of tfjs' convolutions. */
interface ConvolutionArguments {
  readonly name: string;
  readonly filters: number;
  readonly kernelSize: number;
  readonly padding: "same";
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
}

/** The used parts of tfjs' convolutions. */
interface Convolution extends tf.layers.Layer {
  kernel: LayerVariable;
  bias: LayerVariable | null;
  readonly filters: number;
  readonly kernelSize: [number, number];
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
}

// tfjs does not export this class.
const Conv2D = tf.layers.conv2d({ filters: 1, kernelSize: 1 }).constructor as unknown as
  & (new (args: ConvolutionArguments) => Convolution)
  & Pick<typeof tf.serialization.Serializable, "fromConfig">;

/**
 * A convolution of each channel by a filter of its own. tfjs' own layer would initialise its kernel
 * `[height, width, channels, 1]` as if all channels made one output; here it is drawn as
 * `[height, width, 1, channels]`, in the same order in memory.
 */
class DepthwiseConvolution extends Conv2D {
  static readonly className = "DepthwiseConvolution";

  override build(): void {
    const { filters, kernelSize, kernelInitializer } = this;
    const drawn = {
      apply: (shape: number[]) =>
        tf.tidy(() => tf.reshape(kernelInitializer.apply([...kernelSize, 1, filters]), shape)),
    } as unknown as Initializer;
    this.kernel = this.addWeight("kernel", [...kernelSize, filters, 1], "float32", drawn);
    this.bias = this.useBias
      ? this.addWeight("bias", [filters], "float32", tf.initializers.zeros())
      : null;
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const kernel = this.kernel.read() as Tensor4D;
      const y = tf.depthwiseConv2d(onlyInput(inputs) as Tensor4D, kernel, 1, "same");
      return this.bias === null ? y : tf.add(y, this.bias.read() as Tensor1D);
    });
  }
}
tf.serialization.registerClass(DepthwiseConvolution);

/**
 * A depthwise convolution of stride 1 that keeps the size: each channel has its own filter, as in
 * Torch's `Conv2d(…, groups=channels)`.
 *
 * @param x `[batch, height, width, channels]`.
 * @returns The same shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { depthwiseConvolution } from "./depthwise_convolution.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [8, 8, 16] });
 * const outputs = depthwiseConvolution(input, { name: "block1_depthwise", seed: 23 });
 * const model = tf.model({ inputs: input, outputs });
 * assertEquals(outputs.shape, [null, 8, 8, 16]);
 * assertEquals(model.countParams(), 3 * 3 * 16 + 16);
 * ```
 */
export function depthwiseConvolution(
  x: SymbolicTensor,
  { name, seed, kernel = 3, bias = true, initializer = normal() }: DepthwiseConvolutionOptions,
): SymbolicTensor {
  const layer = new DepthwiseConvolution({
    name,
    filters: x.shape.at(-1) ?? 1,
    kernelSize: kernel,
    padding: "same",
    useBias: bias,
    kernelInitializer: initializer(layerSeed(seed, name)),
  });
  return layer.apply(x) as SymbolicTensor;
}
