/** Cells as processes of this machine. */
import { type AttachedLauncher, startProcess } from "../../core/plugin.ts";

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
  run: async ({ jobs = 1, cell: commandOf, log }, { next, started, ended, stop, kill }) => {
    const work = async (): Promise<void> => {
      for (let cell = await next(); cell !== undefined; cell = await next()) {
        const process = startProcess(commandOf(cell.address), log(cell.address));
        const hooks = [[stop, process.stop], [kill, process.kill]] as const;
        for (const [signal, act] of hooks) {
          signal.addEventListener("abort", act);
          if (signal.aborted) act();
        }
        started(cell);
        const end = await process.ended;
        for (const [signal, act] of hooks) signal.removeEventListener("abort", act);
        await ended(cell, end);
      }
    };
    await Promise.all(Array.from({ length: jobs }, work));
  },
});
