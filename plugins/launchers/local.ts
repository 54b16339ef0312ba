/** Cells as processes of this machine. */
import { type AttachedLauncher, runProcesses } from "../../core/plugin.ts";

/**
 * Runs cells on this machine, some at once (`--jobs`), as long as the command runs.
 *
 * @example
 * ```ts
 * import { local } from "./local.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(local().name, "local"); // deno task ablate losses --launcher=local --jobs=2
 * ```
 */
export const local = (): AttachedLauncher => ({
  name: "local",
  run: runProcesses,
});
