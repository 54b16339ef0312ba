import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import type { LayerWindow } from "../../core/plugin.ts";
import { UnaryLayer, withExtent } from "./layer.ts";

class AveragePooling extends UnaryLayer {
  static readonly className = "AveragePooling";
  readonly window: LayerWindow = {
    sees: (first, last) => [2 * first - 1, 2 * last + 1],
    stride: 2,
  };

  override computeOutputShape([batch, height, width, channels]: number[]): number[] {
    return [batch!, halved(height!), halved(width!), channels!];
  }

  // Slices and sums are differentiable any number of times; tfjs' own pooling is only once.
  protected override compute(x: Tensor): Tensor {
    return poolAlong(poolAlong(x, 1), 2);
  }
}
tf.serialization.registerClass(AveragePooling);

/** Height or width after pooling. */
export function halved(extent: number): number {
  return Math.ceil(extent / 2);
}

/** The mean of every second position along an axis and its neighbours. */
function poolAlong(x: Tensor, axis: number): Tensor {
  const extent = x.shape[axis]!;
  const count = halved(extent);
  const inner = tf.util.sizeFromShape(x.shape.slice(axis + 1));
  // With a margin in front, the odd position of each pair is the middle of a window.
  const margins = x.shape.map((_, index): [number, number] =>
    index === axis ? [1, 2 * count + 1 - extent] : [0, 0]
  );
  const pairs = tf.reshape(tf.pad(x, margins), [-1, count + 1, 2, inner]);
  const part = (from: number, within: number): Tensor =>
    tf.slice(pairs, [0, from, within, 0], [-1, count, 1, inner]);
  const sums = tf.addN([part(0, 0), part(0, 1), part(1, 0)]);
  return tf.reshape(tf.mul(sums, shares(extent)), withExtent(x.shape, axis, count));
}

/**
 * One over the number of positions in each window, `[count, 1, 1]`: 1/2 at the first, and at the last
 * of an odd extent, 1/3 between them. It is computed, not written down, so that an export holds for
 * pictures of any size.
 */
function shares(extent: number): Tensor {
  const odd = extent % 2, inner = halved(extent) - 1 - odd;
  if (inner < 1) return tf.fill([halved(extent), 1, 1], extent === 1 ? 1 : 1 / 2);
  return tf.pad(tf.fill([inner, 1, 1], 1 / 3), [[1, odd], [0, 0], [0, 0]], 1 / 2);
}

/** Options of {@link averagePooling}. */
export interface AveragePoolingOptions {
  /** The layer's name, unique within the network. */
  readonly name: string;
}

/**
 * Halves a picture by 3x3 average pooling that does not count the padding, as Torch's
 * `AvgPool2d(3, stride=2, padding=1, count_include_pad=False)` (pix2pixHD, Wang et al. 2018).
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, ceil(height / 2), ceil(width / 2), channels]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { averagePooling } from "./average_pooling.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [1, 4, 1] });
 * const outputs = averagePooling(input, { name: "pooling" });
 * const model = tf.model({ inputs: input, outputs });
 * const y = model.apply(tf.tensor4d([1, 3, 5, 10], [1, 1, 4, 1])) as tf.Tensor;
 * assertEquals([...y.dataSync()], [2, 6]);
 * ```
 */
export function averagePooling(
  x: SymbolicTensor,
  { name }: AveragePoolingOptions,
): SymbolicTensor {
  return new AveragePooling({ name }).apply(x) as SymbolicTensor;
}
