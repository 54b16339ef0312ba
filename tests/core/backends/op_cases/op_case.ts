/** What a case of the operations suite is. */
import type * as tf from "@tensorflow/tfjs";

/** One input: what it looks like and how its numbers are drawn. */
export interface OpInput {
  readonly shape: readonly number[];
  /** @default "float32" */
  readonly dtype?: "float32" | "int32" | "bool";
  /**
   * `normal`: standard normal. `positive`: uniform in 0.1…2.1. `distinct`: numbers 0.01 apart in
   * random order, none near 0, so that no two are equal and none sits on a kink. Or the values.
   *
   * @default "normal"
   */
  readonly values?: "normal" | "positive" | "distinct" | readonly number[];
}

/** One operation on given inputs. */
export interface OpCase {
  readonly name: string;
  readonly inputs: readonly OpInput[];
  f(...inputs: tf.Tensor[]): tf.Tensor;
  /** Whether the gradients by all float32 inputs are compared as well. */
  readonly gradient: boolean;
  /**
   * Largest difference, as a fraction of the largest expected value or of 1 where that is less.
   *
   * @default 1e-5
   */
  readonly tolerance?: number;
}

/** A batch of two small pictures. */
export const picture: OpInput = { shape: [2, 6, 8, 3] };

/** An operation on one input, with its gradient. */
export function unary(
  name: string,
  f: (x: tf.Tensor) => tf.Tensor,
  input: OpInput = picture,
): OpCase {
  return { name, inputs: [input], f, gradient: true };
}
