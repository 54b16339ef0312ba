/** From the command as it is now to the sources as they were launched. */
import { join } from "@std/path";
import { runArguments } from "./cell_process.ts";
import { files, readAblationRecord } from "./folder.ts";
import { ROOT } from "../base/module_graph.ts";

/** Where the sources of a launched sweep have Pairlab. */
async function rootOf(folder: string): Promise<string> {
  const { sources } = await readAblationRecord(folder);
  return join(files.sources(folder), sources.root);
}

/** True in a process that runs from the sources of this sweep. */
export async function runsFromSources(folder: string): Promise<boolean> {
  return await Deno.realPath(await rootOf(folder)) === await Deno.realPath(ROOT);
}

/**
 * Runs `ablate` from the sources of a sweep, on this terminal, and returns its exit status. Ctrl-C
 * reaches it through its standard input, once, however many processes the terminal tells.
 */
export async function handOver(folder: string, args: readonly string[]): Promise<number> {
  const command = runArguments(await rootOf(folder), join("core", "commands", "ablate.ts"));
  const child = new Deno.Command(Deno.execPath(), {
    args: [...command, folder, ...args],
    stdin: "piped",
  }).spawn();
  let told = false;
  const stop = (): void => {
    if (told) return;
    told = true;
    child.stdin.close().catch(() => {});
  };
  Deno.addSignalListener("SIGINT", stop);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);
  return (await child.status).code;
}
