import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import type { LayerWindow } from "../../core/plugin.ts";
import { type LayerArguments, onlyInput, withExtent } from "./layer.ts";

/** Interpolation of {@link doubling}. */
export type Interpolation =
  /** Repeats each pixel. */
  | "nearest"
  /** Torch's `bilinear` with `align_corners=False`. */
  | "bilinear";

/** Options of {@link doubling}. */
export interface DoublingOptions {
  /** The layer's name, unique within the network. */
  readonly name: string;
  /** @default "nearest" */
  readonly interpolation?: Interpolation;
}

type DoublingArguments = LayerArguments & { interpolation: Interpolation };

const WINDOWS: Readonly<Record<Interpolation, LayerWindow>> = {
  nearest: {
    sees: (first, last) => [Math.floor(first / 2), Math.floor(last / 2)],
    stride: 1 / 2,
  },
  bilinear: {
    sees: (first, last) => [Math.floor((first - 1) / 2), Math.floor((last + 1) / 2)],
    stride: 1 / 2,
  },
};

class Doubling extends tf.layers.Layer {
  static readonly className = "Doubling";
  readonly window: LayerWindow;
  readonly #interpolation: Interpolation;

  constructor(args: DoublingArguments) {
    super(args);
    this.#interpolation = args.interpolation;
    this.window = WINDOWS[args.interpolation];
  }

  override computeOutputShape([batch, height, width, channels]: number[]): number[] {
    return [batch!, 2 * height!, 2 * width!, channels!];
  }

  // Not tf.image.resizeBilinear: its gradient in tfjs assumes other pixel centres.
  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = onlyInput(inputs);
    const nearest = this.#interpolation === "nearest";
    const double = (x: Tensor, axis: number): Tensor =>
      nearest ? interleave(x, x, axis) : interpolate(x, axis);
    return tf.tidy(() => double(double(x, 1), 2));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), interpolation: this.#interpolation };
  }
}
tf.serialization.registerClass(Doubling);

/** Interleaves two pictures along an axis, `even` first. */
export function interleave(even: Tensor, odd: Tensor, axis: number): Tensor {
  const inner = tf.util.sizeFromShape(even.shape.slice(axis + 1));
  const rows = (x: Tensor): Tensor => tf.reshape(x, [-1, inner]);
  const shape = withExtent(even.shape, axis, 2 * even.shape[axis]!);
  return tf.reshape(tf.concat([rows(even), rows(odd)], 1), shape);
}

/** Bilinear: a quarter of the way to either neighbour; edges are their own neighbours. */
function interpolate(x: Tensor, axis: number): Tensor {
  const last = x.shape[axis]! - 1;
  const part = (from: number, count: number): Tensor =>
    tf.slice(x, withExtent(x.shape.map(() => 0), axis, from), withExtent(x.shape, axis, count));
  const beside = (first: Tensor, second: Tensor): Tensor => tf.concat([first, second], axis);
  const before = last === 0 ? x : beside(part(0, 1), part(0, last));
  const after = last === 0 ? x : beside(part(1, last), part(last, 1));
  const own = tf.mul(x, 0.75);
  const towards = (neighbour: Tensor): Tensor => tf.add(own, tf.mul(neighbour, 0.25));
  return interleave(towards(before), towards(after), axis);
}

/**
 * Doubles height and width by interpolation.
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, 2 height, 2 width, channels]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { doubling } from "./doubling.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [1, 2, 1] });
 * const outputs = doubling(input, { name: "doubling", interpolation: "bilinear" });
 * const model = tf.model({ inputs: input, outputs });
 * const y = model.apply(tf.tensor4d([0, 4], [1, 1, 2, 1])) as tf.Tensor;
 * assertEquals([...y.dataSync()], [0, 1, 3, 4, 0, 1, 3, 4]);
 * ```
 */
export function doubling(
  x: SymbolicTensor,
  { name, interpolation = "nearest" }: DoublingOptions,
): SymbolicTensor {
  return new Doubling({ name, interpolation }).apply(x) as SymbolicTensor;
}
