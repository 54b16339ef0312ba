import type { SymbolicTensor } from "@tensorflow/tfjs";

/** The name and seed of a block of a network. */
export interface Block {
  /** Unique within the network, e.g. `down1`; prefix of layer names, e.g. `down1_batch_norm`. */
  readonly name: string;
  /** The network's seed. */
  readonly seed: number;
}

/**
 * A normalisation, the option `norm` of networks: `batchNorm()`, `instanceNorm()`, `groupNorm()`,
 * `none()`, or your own function from `[batch, height, width, channels]` to the same shape.
 */
export interface Norm {
  (x: SymbolicTensor, block: Block): SymbolicTensor;
  /**
   * Whether the convolution before it has a bias. Before a norm that subtracts each channel's mean or
   * adds an offset, a bias has no effect. @default false
   */
  readonly bias?: boolean;
}

/**
 * No normalisation; the convolution before it has a bias instead.
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
