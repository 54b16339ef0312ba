/**
 * The program of one cell: `cell.ts FOLDER ADDRESS [INTERVAL]` trains it from its newest checkpoint
 * to its end and measures it. It saves and stops when its standard input ends, so it does not
 * outlive the sweep that started it.
 *
 * @module
 */
import process from "node:process";
import { messageOf } from "../base/errors.ts";
import { runCommand } from "../base/program.ts";
import { say } from "../base/terminal.ts";
import { parseInterval } from "../train/autosave.ts";
import { readAblationRecord, readDefinition } from "./folder.ts";
import { loadMatrix } from "./matrix.ts";
import { checkSources } from "./sources.ts";
import { INTERRUPTED, SOURCES_CHANGED, stopWithStarter } from "./stop.ts";
import { runCell } from "./training.ts";

// A killed sweep does not read what its cells print; they save all the same.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

await runCommand(async () => {
  const [folder = "", address = "", interval] = Deno.args;
  const signal = await stopWithStarter();
  const record = await readAblationRecord(folder);
  try {
    await checkSources(folder, record);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    Deno.exit(SOURCES_CHANGED);
  }
  const finished = await runCell({
    folder,
    record,
    ablation: await loadMatrix(record.file),
    definition: await readDefinition(folder, address),
    checkpointEvery: interval === undefined ? undefined : parseInterval(interval),
  }, signal);
  if (finished) return;
  say("Saved");
  Deno.exit(INTERRUPTED);
});
