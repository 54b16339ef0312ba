/** Tiny trainings in a folder, and what they leave there. */
import { assert } from "@std/assert";
import { join } from "@std/path";
import { createHash } from "node:crypto";
import { readMetrics } from "../../../core/runs/metrics_log.ts";
import { listCheckpoints, loadNewestCheckpoint } from "../../../core/runs/checkpoints.ts";
import type { Callback, Wiring } from "../../../core/plugin.ts";
import { recordPath } from "../../../core/runs/run_folder.ts";
import { train } from "../../../core/train/train.ts";
import { createTraining, type Training } from "../../../core/train/training.ts";
import type { TrainingParts } from "../../../core/train/state.ts";
import { tinyData, tinyShape, tinyWiring } from "./tiny.ts";

/** What a training leaves: losses, and a hash of each file of its newest checkpoint. */
export interface Outcome {
  readonly losses: readonly Readonly<Record<string, number>>[];
  readonly hashes: Readonly<Record<string, string>>;
}

/** What differs from two epochs of the tiny wiring. */
export type Changes = Partial<Omit<TrainingParts, "shape"> & Omit<Wiring, "shape">>;

/** Begins a training, or goes on from the newest checkpoint if there is one. */
export async function openTiny(folder: string, changes: Changes = {}): Promise<Training> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(recordPath(folder), "{}");
  return await createTraining({
    experiment: "tiny",
    folder,
    wiring: tinyWiring(changes),
    shape: tinyShape,
    train: tinyData.train,
    test: tinyData.test,
    epochs: 2,
    batch: 1,
    seed: 23,
    checkpoint: await loadNewestCheckpoint(join(folder, "checkpoints"), () => {}),
    ...changes,
  });
}

/** Trains to the end, or until the signal is raised. */
export async function trainIn(
  folder: string,
  changes: Changes = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  await train(await openTiny(folder, changes), signal);
  return await outcomeOf(folder);
}

/** Trains, and is interrupted after this step, as by Ctrl-C. */
export async function trainUntil(
  step: number,
  folder: string,
  changes: Changes = {},
): Promise<Outcome> {
  const { callback, signal } = interruptAfter(step);
  return await trainIn(
    folder,
    { ...changes, callbacks: [...changes.callbacks ?? [], callback] },
    signal,
  );
}

/** Raises the signal after some step, as Ctrl-C would. */
export function interruptAfter(step: number): { callback: Callback; signal: AbortSignal } {
  const controller = new AbortController();
  const callback: Callback = {
    name: "interrupt",
    onStepEnd: (_, report) => {
      if (report.step === step) controller.abort();
    },
  };
  return { callback, signal: controller.signal };
}

/** The hash of each file of the newest checkpoint. */
export async function newestHashes(folder: string): Promise<Record<string, string>> {
  const { whole: [newest] } = await listCheckpoints(join(folder, "checkpoints"));
  assert(newest !== undefined, "there is no checkpoint");
  const hashes: Record<string, string> = {};
  for (const name of Object.keys(newest.state.files).sort()) {
    const bytes = await Deno.readFile(join(newest.folder, name));
    hashes[name] = createHash("sha256").update(bytes).digest("hex");
  }
  return hashes;
}

export async function outcomeOf(folder: string): Promise<Outcome> {
  const lines = (await readMetrics(folder)).filter((line) => line.kind === "step");
  return { losses: lines.map(({ losses }) => losses), hashes: await newestHashes(folder) };
}
