/**
 * The program of one cell: `cell.ts FOLDER ADDRESS [INTERVAL]` trains it from wherever it stands to
 * its end and measures it. It stops, saved, when its standard input ends: whoever started it holds
 * the other end, so it outlives nobody.
 *
 * @module
 */
import { join } from "@std/path";
import process from "node:process";
import { parseInterval } from "../train/autosave.ts";
import { runCommand } from "../base/program.ts";
import { say } from "../base/terminal.ts";
import { files, readAblationRecord, readDefinition } from "./folder.ts";
import { loadMatrix } from "./matrix.ts";
import { INTERRUPTED, stopSignal } from "./stop.ts";
import { runCell } from "./training.ts";

// When the sweep is killed there is nobody to read what is said; that must not keep it from saving.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

await runCommand(async () => {
  const [folder = "", address = "", interval] = Deno.args;
  const signal = stopSignal();
  const record = await readAblationRecord(folder);
  const finished = await runCell({
    folder,
    record,
    ablation: await loadMatrix(join(files.sources(folder), record.sources.matrix)),
    definition: await readDefinition(folder, address),
    checkpointEvery: interval === undefined ? undefined : parseInterval(interval),
  }, signal);
  if (finished) return;
  say("Saved");
  Deno.exit(INTERRUPTED);
});
