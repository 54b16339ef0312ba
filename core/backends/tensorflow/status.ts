/** What TensorFlow says about a call that failed, as an error with a readable message. */
import { PairlabError } from "../../base/errors.ts";
import type { TensorflowApi } from "./symbols.ts";

const OK = 0;
const RESOURCE_EXHAUSTED = 8;

/** One `TF_Status`, reused by every call: each call overwrites it. */
export class Status {
  readonly pointer: Deno.PointerValue;

  constructor(private readonly api: TensorflowApi) {
    this.pointer = api.TF_NewStatus();
  }

  /**
   * Throws if the last call failed.
   *
   * @param what Completes "Cannot …", e.g. `run op "Conv2D" on float32[1, 8, 8, 3]`.
   */
  check(what: () => string): void {
    const code = this.api.TF_GetCode(this.pointer);
    if (code === OK) return;
    // Before `what`, which may call TensorFlow and overwrite it.
    const message = readable(cStringAt(this.api.TF_Message(this.pointer)));
    throw toError(code, message, what());
  }

  close(): void {
    this.api.TF_DeleteStatus(this.pointer);
  }
}

function toError(code: number, message: string, what: string): Error {
  if (code === RESOURCE_EXHAUSTED) {
    return new PairlabError(
      `Cannot ${what}: out of memory (${message}). Use smaller pictures, a ` +
        "smaller batch or narrower networks",
    );
  }
  return new Error(`Cannot ${what}: ${message}`);
}

/** Removes TensorFlow's internals: the wrapping function and a repeated op name. */
function readable(message: string): string {
  return message
    .replace(/^\{\{function_node [^}]*\}\}\s*/, "")
    .replace(/\s*\[Op:\w+\](?: name:\s*)?$/, "")
    .trim();
}

/** The text at an address that TensorFlow gave. */
export function cStringAt(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : new Deno.UnsafePointerView(pointer).getCString();
}
