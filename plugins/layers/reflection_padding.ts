import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import type { LayerWindow } from "../../core/plugin.ts";
import { UnaryLayer, withExtent } from "./layer.ts";

class ReflectionPadding extends UnaryLayer<{ readonly padding: number }> {
  static readonly className = "ReflectionPadding";
  readonly window: LayerWindow = {
    sees: (first, last) => [first - this.config.padding, last - this.config.padding],
    stride: 1,
  };

  override computeOutputShape(inputShape: number[]): number[] {
    const around = 2 * this.config.padding;
    return inputShape.map((extent, axis) => axis === 1 || axis === 2 ? extent + around : extent);
  }

  // Not tf.mirrorPad: its gradient in tfjs leaves out the margin's share.
  protected override compute(x: Tensor): Tensor {
    const { padding } = this.config;
    return reflect(reflect(x, 1, padding), 2, padding);
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
