/** Equality of what is large. */
import { isDeepStrictEqual } from "node:util";
import { assert } from "@std/assert";

/**
 * Asserts that two things are deeply equal, and otherwise says what to do about it. Pictures and
 * weights are not printed: thousands of numbers tell nobody anything, and comparing their texts
 * takes minutes.
 */
export function assertSame<T>(actual: T, expected: T, hint: string): void {
  assert(isDeepStrictEqual(actual, expected), hint);
}
