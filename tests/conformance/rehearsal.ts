/** Trainings of a few steps, in a folder of their own, for suites of what takes part in them. */
import { STANDARD } from "../../core/experiment/parameters.ts";
import { join } from "@std/path";
import { readMetrics } from "../../core/runs/metrics_log.ts";
import { loadNewestCheckpoint } from "../../core/runs/checkpoints.ts";
import type { Callback, TrainingRun } from "../../core/plugin.ts";
import { recordPath, type RunRecord } from "../../core/runs/run_folder.ts";
import { type Outcome, train } from "../../core/train/train.ts";
import { createTraining } from "../../core/train/training.ts";
import type { TrainingParts } from "../../core/train/state.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";

/** What is trained; where, and from which checkpoint, belongs to the rehearsal. */
export type Rehearsed = Omit<TrainingParts, "folder" | "checkpoint" | "compile">;

/** What a training has left behind, but for times. */
export interface Rehearsal {
  readonly end: Outcome["end"];
  /** The losses of each step. */
  readonly losses: readonly Readonly<Record<string, number>>[];
  /** The last checkpoint's tensors: networks and optimizers, to the bit. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
}

/**
 * Trains to the end, or in pieces.
 *
 * @param make What is trained in each piece, as if by a process of its own.
 * @param interruptions Steps after which the training is interrupted and resumed.
 */
export async function rehearse(
  make: () => Rehearsed,
  interruptions: readonly number[] = [],
): Promise<Rehearsal> {
  let result: Rehearsal | undefined;
  await inTemporaryFolder(async (folder) => {
    let end: Outcome["end"] = "interrupted";
    for (const step of [...interruptions, Infinity]) {
      end = await trainUntil(step, folder, make());
      if (end !== "interrupted") break;
    }
    const lines = await readMetrics(folder);
    result = {
      end,
      losses: lines.flatMap((line) => line.kind === "step" ? [line.losses] : []),
      tensors: await lastTensors(folder),
    };
  });
  return result!; // the body has run
}

async function lastTensors(folder: string): Promise<Record<string, number[]>> {
  const checkpoint = await loadNewestCheckpoint(join(folder, "checkpoints"), () => {});
  const tensors: Record<string, number[]> = {};
  for (const [file, stored] of checkpoint?.tensors ?? []) {
    for (const [name, { values }] of stored) tensors[`${file}: ${name}`] = [...values];
  }
  return tensors;
}

async function trainUntil(
  step: number,
  folder: string,
  { wiring, ...parts }: Rehearsed,
): Promise<Outcome["end"]> {
  const controller = new AbortController();
  const interrupt: Callback = {
    name: "interrupt",
    onStepEnd: (_, report) => {
      if (report.step === step) controller.abort();
    },
  };
  await Deno.writeTextFile(recordPath(folder), JSON.stringify(recordOf(parts)));
  const training = await createTraining({
    ...parts,
    wiring: { ...wiring, callbacks: [...wiring.callbacks ?? [], interrupt] },
    folder,
    compile: "off",
    checkpoint: await loadNewestCheckpoint(join(folder, "checkpoints"), () => {}),
  });
  return (await train(training, controller.signal)).end;
}

/** The run.json of such a training. */
function recordOf({ experiment, seed, shape }: Omit<Rehearsed, "wiring">): RunRecord {
  return {
    format: 1,
    experiment: { name: experiment, module: experiment, source: "", sha256: "", imports: [] },
    parameters: { ...STANDARD, seed },
    limit: null,
    seed,
    shape,
    data: { description: "pairs for a rehearsal", fingerprint: "rehearsal" },
    predictions: [],
    engine: { name: "cpu", version: "4.22.0", threads: 1, compile: "off", machine: "a machine" },
    repeats: "bit for bit",
    notFinite: "stop",
    versions: {},
    commit: null,
    started: "2026-01-01T00:00:00.000Z",
  };
}

/** A run with some members changed; what else it has, and whatever becomes of it, is the same. */
export function runWith(run: TrainingRun, changes: Partial<TrainingRun>): TrainingRun {
  return new Proxy(run, {
    get: (target, key) => Reflect.get(Object.hasOwn(changes, key) ? changes : target, key),
  });
}
