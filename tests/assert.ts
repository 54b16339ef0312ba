/**
 * The names of `jsr:@std/assert` that the tests use, over Node's `node:assert`.
 *
 * JSR cannot be reached everywhere, and an import that cannot be fetched cannot be type-checked.
 * The import map binds `@std/assert` to this file; binding it to JSR is a change of that line only.
 */
import nodeAssert from "node:assert/strict";

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

export function assert(condition: unknown, message?: string): asserts condition {
  nodeAssert.ok(condition, message ?? "expected a true value");
}

export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  if (message === undefined) nodeAssert.deepEqual(actual, expected);
  else nodeAssert.deepEqual(actual, expected, message);
}

export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  if (message === undefined) nodeAssert.notDeepEqual(actual, expected);
  else nodeAssert.notDeepEqual(actual, expected, message);
}

export function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T> {
  nodeAssert.ok(actual !== null && actual !== undefined, message ?? "expected a value");
}

export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  nodeAssert.match(actual, expected, message ?? `expected "${actual}" to match ${expected}`);
}

export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  nodeAssert.ok(
    actual.includes(expected),
    message ?? `expected "${actual}" to include "${expected}"`,
  );
}

/** Passes when the two differ by at most `tolerance` (default: 1e-7, or 1e-7 of a large value). */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance: number = Math.max(1e-7, Math.abs(expected) * 1e-7),
  message?: string,
): void {
  nodeAssert.ok(
    Object.is(actual, expected) || Math.abs(actual - expected) <= tolerance,
    message ?? `expected ${actual} to be within ${tolerance} of ${expected}`,
  );
}

function checkError<E extends Error>(
  error: unknown,
  errorClass: ErrorClass<E>,
  includes: string | undefined,
): E {
  nodeAssert.ok(
    error instanceof errorClass,
    `expected ${errorClass.name}, received ${error instanceof Error ? error.stack : String(error)}`,
  );
  if (includes !== undefined) assertStringIncludes(error.message, includes);
  return error;
}

export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E> = Error as unknown as ErrorClass<E>,
  messageIncludes?: string,
): E {
  try {
    fn();
  } catch (error) {
    return checkError(error, errorClass, messageIncludes);
  }
  nodeAssert.fail(`expected ${errorClass.name} to be thrown`);
}

export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E> = Error as unknown as ErrorClass<E>,
  messageIncludes?: string,
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    return checkError(error, errorClass, messageIncludes);
  }
  nodeAssert.fail(`expected a rejection with ${errorClass.name}`);
}
