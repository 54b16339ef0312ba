/** Detection of NaN and infinite values. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import { messageOf, PairlabError } from "../base/errors.ts";

/**
 * Kernel of {@link requireFinite} for engines that cannot read values synchronously: inputs `{ x }`,
 * attributes `{ message }`, output x, or an error with the message.
 */
export const REQUIRE_FINITE = "RequireFinite";

/** A NaN or infinite value. */
export class NotFiniteError extends PairlabError {
  /** @param what What is not finite, e.g. `the loss "generator.l1"`. */
  constructor(readonly what: string) {
    super(`Cannot go on: ${what} ${MARK}`);
  }
}

/** Marks the message inside an engine's own error. */
const MARK = "is not finite";

/** The {@link NotFiniteError} inside an engine's error; undefined for other errors. */
export function asNotFinite(error: unknown): NotFiniteError | undefined {
  if (error instanceof NotFiniteError) return error;
  const what = new RegExp(`Cannot go on: (.*?) ${MARK}`, "s").exec(messageOf(error))?.[1];
  return what === undefined ? undefined : new NotFiniteError(what);
}

const lateChecks = new Map<string, () => Promise<void>>();

/**
 * Registers the check of an engine whose kernel {@link REQUIRE_FINITE} lets everything pass and finds
 * out later.
 *
 * @param check Throws an error with the message of the first kernel since the last call that failed, or
 * if the engine cannot compute any more.
 */
export function registerLateCheck(backendName: string, check: () => Promise<void>): void {
  lateChecks.set(backendName, check);
}

/** Waits for the checks of {@link requireFinite} that the engine has put off. */
export async function awaitLateChecks(): Promise<void> {
  await lateChecks.get(tf.getBackend())?.();
}

/**
 * Returns x if all its values are finite, otherwise throws.
 *
 * Values whose sum overflows float32 count as not finite: only the sum is checked, which is many times
 * faster. No gradient flows through: it is for the results of a training step.
 *
 * @param x Any shape, float32.
 * @param what What the error names.
 * @throws {NotFiniteError} In a compiled function, an error that {@link asNotFinite} recognises; on an
 * engine that finds out later, {@link awaitLateChecks} throws it.
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
  // A sum is finite only if all its terms are.
  const sum = tf.tidy(() => tf.sum(x).dataSync()[0]);
  if (!Number.isFinite(sum)) throw new NotFiniteError(what);
  return x.clone();
}
