import { z } from "zod";

/**
 * An error that the person at the keyboard can mend.
 *
 * Its message reads "Cannot …: what was found. What to do." and names the file, key or shape.
 * The command line prints it alone, without a stack trace; any other error is a defect of Pairlab
 * or of a plug-in and keeps its trace.
 *
 * @example
 * ```ts
 * import { PairlabError } from "./errors.ts";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(
 *   () => {
 *     throw new PairlabError('Cannot read "photo.jpg": it is empty. Use a JPEG or PNG file.');
 *   },
 *   PairlabError,
 *   "it is empty",
 * );
 * ```
 */
export class PairlabError extends Error {
  override readonly name = "PairlabError";
}

/**
 * The message of whatever was thrown, for joining into a longer sentence; of JSON that a schema
 * rejects, what is wrong with which field.
 *
 * @example
 * ```ts
 * import { messageOf } from "./errors.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([messageOf(new Error("it is empty")), messageOf(404)], ["it is empty", "404"]);
 * ```
 */
export function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
