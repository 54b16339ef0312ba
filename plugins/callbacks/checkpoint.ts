import type { Callback } from "../../core/plugin.ts";

/**
 * Saves a checkpoint at the end of each epoch; wrap it in `every(25, …)` to save less often. The end
 * of a training and Ctrl-C are saved without it.
 *
 * @example
 * ```ts
 * import { checkpoint } from "./checkpoint.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(checkpoint().name, "checkpoint");
 * ```
 */
export function checkpoint(): Callback {
  return {
    name: "checkpoint",
    onEpochEnd: (run) => run.save({ keep: "always" }),
  };
}
