/** Error messages that help: "Cannot …: what was found. What to do." */
import { assert } from "@std/assert";

/** Asserts that a message says what failed and, in a sentence of its own, what to do. */
export function assertSaysWhatToDo(message: string): void {
  const helps = /^Cannot \S.*[.?] [A-Z].*[.?]$/s.test(message) ||
    message.startsWith("Cannot ") && message.includes("would work");
  assert(helps, `its error is "${message}": write "Cannot …: what was found. What to do."`);
}
