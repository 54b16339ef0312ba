/**
 * The program of a trial: `trial.ts FOLDER ADDRESS INTO` trains some steps of a cell, measures two
 * pictures, and writes what that took into `INTO/trial.json`.
 *
 * @module
 */
import { join } from "@std/path";
import { runCommand } from "../base/program.ts";
import { writeTextDurably } from "../base/files.ts";
import { firstPairs } from "../data/loader.ts";
import { beginRun } from "../train/start.ts";
import { train } from "../train/train.ts";
import { variantModule } from "./variant_modules.ts";
import { evaluateCell } from "./evaluation.ts";
import { files, readAblationRecord, readDefinition } from "./folder.ts";
import { loadMatrix } from "./matrix.ts";
import { peakMemory } from "./memory.ts";
import { bytesIn, medianStep } from "./result.ts";
import { stopSignal } from "./stop.ts";
import { type Trial, TRIAL_FILE } from "./estimate.ts";

/** The first of them compile and warm up; the median is not theirs. */
const STEPS = 12;

const PICTURES = 2;

await runCommand(async () => {
  const [folder = "", address = "", into = ""] = Deno.args;
  const signal = stopSignal();
  const record = await readAblationRecord(folder);
  const definition = await readDefinition(folder, address);
  const { mode, metrics } = await loadMatrix(join(files.sources(folder), record.sources.matrix));
  const run = join(into, "run");
  const training = await beginRun(variantModule(folder, record, definition.variant), {
    parameters: { ...record.parameters, seed: definition.seed, epochs: 1 },
    backend: record.backend,
    threads: record.threads,
    limit: STEPS * definition.parameters.batch,
    folder: run,
    check: false,
  });
  const secondsToBegin = performance.now() / 1000;
  await train(training, signal);
  const { test } = training.run;
  const few = firstPairs(test, PICTURES);
  const began = performance.now();
  await evaluateCell({ folder: run, test: few }, { mode, metrics, strips: 0 });
  const secondsPerPicture = (performance.now() - began) / 1000 / few.names.length;
  const trial: Trial = {
    secondsPerStep: await medianStep(run),
    secondsBesides: secondsToBegin + test.names.length * secondsPerPicture,
    memory: await peakMemory(),
    disk: await bytesIn(run),
  };
  await writeTextDurably(join(into, TRIAL_FILE), JSON.stringify(trial));
});
