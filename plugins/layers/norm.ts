import type { SymbolicTensor } from "@tensorflow/tfjs";

/** What a block of a network is called and drawn from. */
export interface Block {
  /**
   * Unique within the network, e.g. `down1`; layers are named after it, e.g. `down1_batch_norm`.
   */
  readonly name: string;
  /** The network's seed. */
  readonly seed: number;
}

/**
 * A normalisation, as networks take it for their option `norm`: `batchNorm()`, `instanceNorm()`,
 * `groupNorm()`, `none()`, or a function of your own from `[batch, height, width, channels]` to the
 * same shape.
 */
export interface Norm {
  (x: SymbolicTensor, block: Block): SymbolicTensor;
  /**
   * Whether a convolution before it has a bias. Where each channel's mean is taken away or an
   * offset is added, a bias does nothing. @default false
   */
  readonly bias?: boolean;
}

/**
 * No normalisation: the convolution before has a bias instead.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { none } from "./norm.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tf.input({ shape: [8, 8, 3] });
 * const norm = none();
 * assertEquals(norm(x, { name: "down1", seed: 23 }), x);
 * assertEquals(norm.bias, true);
 * ```
 */
export function none(): Norm {
  return Object.assign((x: SymbolicTensor) => x, { bias: true });
}
