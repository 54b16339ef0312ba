/** TensorFlow for tests, where this machine has it. */
import {
  startTensorflow,
  type TensorflowEngine,
} from "../../../../core/backends/tensorflow/backend.ts";
import { findLibrary } from "../../../../core/backends/tensorflow/library.ts";

const found = await findLibrary();

const REASON = "TensorFlow's library is not here; deno task setup fetches it";

/** Why tests of the engine are skipped, or false. */
export const skip: string | false = found === null ? REASON : false;

// Deno's test runner counts what is skipped and keeps the reason to itself.
if (skip) process.stdout.write(`Skipping: ${skip}\n`);

/** The library's file; empty where tests are skipped. */
export const libraryPath: string = found?.path ?? "";

/** Starts the engine. */
export function start(): Promise<TensorflowEngine> {
  return startTensorflow({ library: libraryPath });
}
