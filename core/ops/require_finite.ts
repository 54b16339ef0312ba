/** Numbers that must be numbers. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import { messageOf, PairlabError } from "../base/errors.ts";

/**
 * Kernel of {@link requireFinite} for engines that cannot read a value at once: inputs `{ x }`,
 * attributes `{ message }`, output x, or an error with the message.
 */
export const REQUIRE_FINITE = "RequireFinite";

/** NaN or infinity has come up where it must not. */
export class NotFiniteError extends PairlabError {
  /** @param what What is not finite, e.g. `the loss "generator.l1"`. */
  constructor(readonly what: string) {
    super(`Cannot go on: ${what} ${MARK}`);
  }
}

/** By which the words are found again in an engine's own error. */
const MARK = "is not finite";

/** The error behind an engine's error, or undefined if that is about something else. */
export function asNotFinite(error: unknown): NotFiniteError | undefined {
  if (error instanceof NotFiniteError) return error;
  const what = new RegExp(`Cannot go on: (.*?) ${MARK}`, "s").exec(messageOf(error))?.[1];
  return what === undefined ? undefined : new NotFiniteError(what);
}

/**
 * x as it is, if all of its numbers are finite; what is computed from it does not happen otherwise.
 *
 * Numbers so large that their sum is beyond float32 count as not finite too: a sum is what is looked
 * at, which is many times faster than each number.
 *
 * No gradient flows through it: it is for what comes out of a training step.
 *
 * @param x Any shape, float32.
 * @param what Names it in the error.
 * @throws {NotFiniteError} Or, from a compiled function, an error that {@link asNotFinite} knows.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { requireFinite } from "./require_finite.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * assertEquals(requireFinite(tf.scalar(1), "one").dataSync()[0], 1);
 * assertThrows(() => requireFinite(tf.tensor1d([1, NaN]), "the sum"), Error, "the sum is not finite");
 * ```
 */
export function requireFinite<T extends Tensor>(x: T, what: string): T {
  if (tf.getKernel(REQUIRE_FINITE, tf.getBackend()) !== undefined) {
    const { message } = new NotFiniteError(what);
    return tf.engine().runKernel(REQUIRE_FINITE, { x }, { message }) as T;
  }
  // A sum is finite only if all that it sums up is.
  const sum = tf.tidy(() => tf.sum(x).dataSync()[0]);
  if (!Number.isFinite(sum)) throw new NotFiniteError(what);
  return x.clone();
}
