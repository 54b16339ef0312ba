import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import type { LayerWindow } from "../../core/plugin.ts";
import { UnaryLayer, withExtent } from "./layer.ts";

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
  /** Factor of height and width, if it is not to double them. @default 2 */
  readonly times?: number;
}

type DoublingArguments = Required<DoublingOptions>;

function windowOf({ interpolation, times }: Omit<DoublingArguments, "name">): LayerWindow {
  const stride = 1 / times;
  if (interpolation === "nearest") {
    return { sees: (first, last) => [Math.floor(first / times), Math.floor(last / times)], stride };
  }
  const at = (position: number): number => (position + 0.5) / times - 0.5;
  return { sees: (first, last) => [Math.floor(at(first)), Math.ceil(at(last))], stride };
}

class Doubling extends UnaryLayer<Omit<DoublingArguments, "name">> {
  static readonly className = "Doubling";
  readonly window: LayerWindow;

  constructor(args: DoublingArguments) {
    // Checkpoints of earlier versions do not name the factor.
    super({ ...args, times: args.times ?? 2 });
    this.window = windowOf(this.config);
  }

  override computeOutputShape([batch, height, width, channels]: number[]): number[] {
    const { times } = this.config;
    return [batch!, times * height!, times * width!, channels!];
  }

  // Not tf.image.resizeBilinear: its gradient in tfjs assumes other pixel centres.
  protected override compute(x: Tensor): Tensor {
    const { interpolation, times } = this.config;
    const enlarge = (x: Tensor, axis: number): Tensor =>
      interpolation === "nearest"
        ? interleave(Array(times).fill(x), axis)
        : interpolate(x, axis, times);
    return enlarge(enlarge(x, 1), 2);
  }
}
tf.serialization.registerClass(Doubling);

/** Interleaves pictures along an axis, in their order. */
export function interleave(parts: readonly Tensor[], axis: number): Tensor {
  const { shape } = parts[0]!;
  const inner = tf.util.sizeFromShape(shape.slice(axis + 1));
  const rows = parts.map((part) => tf.reshape(part, [-1, inner]));
  return tf.reshape(tf.concat(rows, 1), withExtent(shape, axis, parts.length * shape[axis]!));
}

/** Bilinear: mixes each pixel with the nearer neighbour; edges are their own neighbours. */
function interpolate(x: Tensor, axis: number, times: number): Tensor {
  const last = x.shape[axis]! - 1;
  const part = (from: number, count: number): Tensor =>
    tf.slice(x, withExtent(x.shape.map(() => 0), axis, from), withExtent(x.shape, axis, count));
  const beside = (first: Tensor, second: Tensor): Tensor => tf.concat([first, second], axis);
  const before = last === 0 ? x : beside(part(0, 1), part(0, last));
  const after = last === 0 ? x : beside(part(1, last), part(last, 1));
  const own = new Map<number, Tensor>();
  const phases = Array.from({ length: times }, (_, phase) => {
    // Where the new pixel's centre lies from the old one's, in old pixels.
    const offset = (phase + 0.5) / times - 0.5, share = Math.abs(offset);
    if (!own.has(share)) own.set(share, tf.mul(x, 1 - share));
    return tf.add(own.get(share)!, tf.mul(offset < 0 ? before : after, share));
  });
  return interleave(phases, axis);
}

/**
 * Doubles height and width by interpolation, or multiplies them by `times`.
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, times * height, times * width, channels]`.
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
  { name, interpolation = "nearest", times = 2 }: DoublingOptions,
): SymbolicTensor {
  return new Doubling({ name, interpolation, times }).apply(x) as SymbolicTensor;
}
