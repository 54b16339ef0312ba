/**
 * The program of one cell: `cell.ts [--attached] [--checkpoint-every=INTERVAL] FOLDER ADDRESS` trains
 * it from its newest checkpoint to its end and measures it. It saves and stops at a signal; attached,
 * also when its standard input ends, so it does not outlive the sweep that started it.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { messageOf } from "../base/errors.ts";
import { runCommand } from "../base/program.ts";
import { sayError } from "../base/terminal.ts";
import { CELL_STATUS } from "../interfaces/launchers.ts";
import { parseInterval } from "../train/autosave.ts";
import { files, readAblationRecord, readDefinition } from "./folder.ts";
import { describeHolder, isLease, takeLease } from "./lease.ts";
import { loadMatrix } from "./matrix.ts";
import { readResult } from "./cell_result.ts";
import { checkSources } from "./sources.ts";
import { stopSignal, untilInputEnds } from "./stop.ts";
import { runCell } from "./run_cell.ts";

// A killed sweep does not read what its cells print; they save all the same.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

/** Says why it does not run, and ends. */
function leave(status: keyof typeof CELL_STATUS, words: string): never {
  sayError(words);
  Deno.exit(CELL_STATUS[status]);
}

await runCommand(async () => {
  const { values, positionals: [folder = "", address = ""] } = parseArgs({
    allowPositionals: true,
    options: { "attached": { type: "boolean" }, "checkpoint-every": { type: "string" } },
  });
  const interval = values["checkpoint-every"];
  const asked = await stopSignal();
  const signal = values.attached ? AbortSignal.any([asked, untilInputEnds()]) : asked;
  // The sweep that started it has found out.
  const lease = await takeLease(files.lease(folder, address), { patient: !values.attached });
  if (!isLease(lease)) leave("held", `It is trained elsewhere: ${describeHolder(lease)}`);
  lease.lost.addEventListener("abort", () => leave("held", "Another process has taken this cell"));
  let end: keyof typeof CELL_STATUS;
  try {
    const record = await readAblationRecord(folder);
    try {
      await checkSources(folder, record);
    } catch (error) {
      await lease.release();
      leave("rejected", messageOf(error));
    }
    end = await readResult(folder, address) !== null ? "finished" : await runCell({
      folder,
      record,
      ablation: await loadMatrix(record.file),
      definition: await readDefinition(folder, address),
      checkpointEvery: interval === undefined ? undefined : parseInterval(interval),
    }, signal);
  } finally {
    await lease.release();
  }
  if (end !== "finished") leave(end, end === "idle" ? "Stopped before its first step" : "Saved");
});
