/** The training and measurement of one cell, within its own process. */
import { join } from "@std/path";
import type { Interval } from "../train/autosave.ts";
import type { EngineChoice } from "../backends/engine.ts";
import { listCheckpoints } from "../runs/checkpoints.ts";
import { PairlabError } from "../base/errors.ts";
import { exists } from "../base/files.ts";
import { lockRun } from "../base/lock.ts";
import { describeTestChoices } from "../experiment/choices.ts";
import { lastExperiment } from "../runs/history.ts";
import { readRunRecord } from "../runs/run_folder.ts";
import { beginRun, resumeRun } from "../train/start.ts";
import { say } from "../base/terminal.ts";
import type { CELL_STATUS } from "../interfaces/launchers.ts";
import { trainOnNewDevices } from "../train/lost_device.ts";
import type { Training } from "../train/training.ts";
import type { Ablation } from "./ablation.ts";
import { variantModule } from "./variant_modules.ts";
import { evaluateCell } from "./evaluate_cell.ts";
import { type AblationRecord, cellAddress, type CellDefinition, files } from "./folder.ts";
import { peakMemory } from "./memory.ts";
import { bytesIn, type CellResult, medianStep, writeResult } from "./cell_result.ts";

/** A cell to train. */
export interface CellTask {
  readonly folder: string;
  readonly record: AblationRecord;
  readonly ablation: Ablation;
  readonly definition: CellDefinition;
  readonly checkpointEvery?: Interval | undefined;
}

/**
 * Trains a cell from its newest checkpoint to its end and measures it.
 *
 * @returns `stopped` if `signal` was aborted before the end, and it is saved; `idle` if that was
 * before the first step.
 * @throws {PairlabError} If its data changed since it was planned.
 */
export async function runCell(
  task: CellTask,
  signal: AbortSignal,
): Promise<keyof typeof CELL_STATUS> {
  const started = performance.now();
  const { folder, definition } = task;
  const address = cellAddress(definition);
  const begun = await openTraining(task, files.run(folder, address));
  const from = begun.run.done.step;
  const { end, training } = await trainOnNewDevices(begun, signal, reopenedWith(task));
  if (end === "interrupted") return training.run.done.step > from ? "stopped" : "idle";
  say("Measuring the test pictures");
  const result = await resultOf(task.ablation, training);
  const seconds = (performance.now() - started) / 1000;
  const steps = result.steps - from;
  const secondsBesides = Math.max(seconds - steps * result.secondsPerStep, 0);
  await writeResult(folder, address, { ...result, secondsBesides });
  return "finished";
}

/** Measures a finished training. */
async function resultOf(
  ablation: Ablation,
  { run }: Pick<Training, "run">,
): Promise<CellResult> {
  const evaluation = await evaluateCell(run, ablation);
  const record = await readRunRecord(run.folder), { validation } = record.data;
  return {
    format: 1,
    ...evaluation,
    engine: record.engine,
    data: record.data.fingerprint,
    commit: record.commit,
    chosen: describeTestChoices(lastExperiment(record).choices),
    kept: validation?.from === "train" ? validation.pairs : 0,
    steps: run.done.step,
    secondsPerStep: await medianStep(run.folder),
    secondsBesides: 0,
    memory: await peakMemory(),
    disk: await bytesIn(run.folder),
  };
}

/** How a cell's run is resumed. */
function reopenedWith({ folder, record, definition, checkpointEvery }: CellTask) {
  const experiment = variantModule(folder, record, definition.variant);
  return { experiment, checkpointEvery, allowChanges: record.sources.changes !== undefined };
}

/** Begins the training of a cell, or resumes it from a checkpoint. */
async function openTraining(task: CellTask, path: string): Promise<Training> {
  const { record, definition } = task;
  const { experiment, allowChanges, checkpointEvery } = reopenedWith(task);
  const options = { threads: record.threads, checkpointEvery };
  await untilUnlocked(path);
  const { whole, damaged } = await listCheckpoints(join(path, "checkpoints"));
  const resumes = whole.length + damaged.length > 0;
  if (!resumes) await removeRun(path);
  const training = resumes
    ? await resumeRun(path, { ...options, experiment, allowChanges })
    : await beginRun(experiment, {
      ...options,
      parameters: { ...record.parameters, seed: definition.seed },
      backend: record.backend satisfies EngineChoice,
      limit: record.limit ?? undefined,
      folder: path,
      check: false,
    });
  const { data } = await readRunRecord(path);
  if (data.fingerprint === definition.data) return training;
  if (!resumes) await removeRun(path);
  throw new PairlabError(
    `Cannot train this cell: its data changed since the sweep was launched (now: ${data.description}). Restore the pictures, or launch a new sweep.`,
  );
}

/** Waits for the lock of a machine that failed: a server of files takes as long as a lease to drop it. */
async function untilUnlocked(path: string): Promise<void> {
  for (let tries = 60; await exists(path); tries--) {
    try {
      return (await lockRun(path))[Symbol.dispose]();
    } catch (error) {
      if (tries === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

async function removeRun(path: string): Promise<void> {
  if (await exists(path)) await Deno.remove(path, { recursive: true });
}
