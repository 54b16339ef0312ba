import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import type { LayerWindow } from "../../core/plugin.ts";
import { type LayerArguments, onlyInput, withExtent } from "./layer.ts";

type ReflectionPaddingArguments = LayerArguments & { padding: number };

class ReflectionPadding extends tf.layers.Layer {
  static readonly className = "ReflectionPadding";
  readonly window: LayerWindow;
  readonly #padding: number;

  constructor(args: ReflectionPaddingArguments) {
    super(args);
    this.#padding = args.padding;
    this.window = {
      sees: (first, last) => [first - args.padding, last - args.padding],
      stride: 1,
    };
  }

  override computeOutputShape(inputShape: number[]): number[] {
    const around = 2 * this.#padding;
    return inputShape.map((extent, axis) => axis === 1 || axis === 2 ? extent + around : extent);
  }

  // Not tf.mirrorPad: its gradient in tfjs leaves out the margin's share.
  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = onlyInput(inputs);
    return tf.tidy(() => reflect(reflect(x, 1, this.#padding), 2, this.#padding));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), padding: this.#padding };
  }
}
tf.serialization.registerClass(ReflectionPadding);

function reflect(x: Tensor, axis: number, padding: number): Tensor {
  const extent = x.shape[axis]!;
  const mirrored = (from: number): Tensor => {
    const begin = withExtent(x.shape.map(() => 0), axis, from);
    return tf.reverse(tf.slice(x, begin, withExtent(x.shape, axis, padding)), axis);
  };
  return tf.concat([mirrored(1), x, mirrored(extent - 1 - padding)], axis);
}

/** Options of {@link reflectionPadding}. */
export interface ReflectionPaddingOptions {
  /** The layer's name, unique within the network. */
  readonly name: string;
  /** Rows and columns to add on every side. */
  readonly padding: number;
}

/**
 * Pads a picture with its mirror image, edges not repeated, as Torch's `ReflectionPad2d`: fewer
 * artefacts at the edges than with zeros (Johnson et al. 2016, supplement).
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, height + 2 padding, width + 2 padding, channels]`.
 * @throws {RangeError} If the picture has `padding` rows or columns, or fewer.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { reflectionPadding } from "./reflection_padding.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [2, 3, 1] });
 * const outputs = reflectionPadding(input, { name: "padding", padding: 1 });
 * const model = tf.model({ inputs: input, outputs });
 * const y = model.apply(tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 2, 3, 1])) as tf.Tensor;
 * assertEquals([...y.dataSync()].slice(0, 10), [5, 4, 5, 6, 5, 2, 1, 2, 3, 2]);
 * ```
 */
export function reflectionPadding(
  x: SymbolicTensor,
  { name, padding }: ReflectionPaddingOptions,
): SymbolicTensor {
  const [, height, width] = x.shape;
  if (!(padding < Number(height) && padding < Number(width))) {
    throw new RangeError(
      `Cannot mirror ${padding} rows and columns of ${width}x${height} in "${name}": both must be more than ${padding}.`,
    );
  }
  return new ReflectionPadding({ name, padding }).apply(x) as SymbolicTensor;
}
