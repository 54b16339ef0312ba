/** Steps whose losses or gradients are NaN or infinite: stop, skip or roll back. */
import { join } from "@std/path";
import { writeFolderDurably } from "../base/files.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { say } from "../base/terminal.ts";
import type { Pair } from "../interfaces/pictures.ts";
import type { NotFiniteError } from "../ops/require_finite.ts";
import { writePicture } from "../pictures/encode.ts";
import { loadNewestCheckpoint } from "../runs/checkpoints.ts";
import { skip } from "./position.ts";
import { ALONE } from "../workers/workers.ts";
import {
  rollBack,
  takeOverFirst,
  takeSnapshot,
  type TrainingParts,
  type TrainingState,
} from "./state.ts";

/** Steps in a row that may be skipped, however short an epoch is. */
const MOST_SKIPPED = 10;

/** A step that failed. */
export interface Failure {
  readonly step: number;
  readonly epoch: number;
  readonly pairs: readonly Pair[];
  readonly error: NotFiniteError;
}

/** Handles the failures of one training. */
export interface FailurePolicy {
  /** Takes a step. If it fails under the policy "skip", the weights are as before. */
  attempt<T>(step: () => Promise<T>): Promise<T>;
  /** Whether a step has failed before: then it is skipped. */
  hasFailed(step: number): boolean;
  /**
   * Moves the training past a failed step, or back before it.
   *
   * @throws {PairlabError} If the policy is "stop", or nothing else can be done.
   */
  leaveOut(failure: Failure): Promise<void>;
  /** Notes a step that has not failed. */
  noteTrained(): void;
}

/** Creates the failure policy of a training. */
export function createFailurePolicy(
  { folder, notFinite = "stop", workers = ALONE }: Pick<
    TrainingParts,
    "folder" | "notFinite" | "workers"
  >,
  state: TrainingState,
  stepsPerEpoch: number,
): FailurePolicy {
  const failed = new Set<number>();
  let skippedInARow = 0;

  const skipOver = (failure: Failure, kept: string): void => {
    // A network whose weights have grown out of all bounds will not recover.
    if (++skippedInARow >= Math.max(stepsPerEpoch, MOST_SKIPPED)) {
      throw stopAt(failure, `${kept}, and ${skippedInARow} steps in a row were skipped`);
    }
    say(`Warning: ${describeFailure(failure)}. Skipping it; ${kept}`);
    state.position = skip(state.position);
  };

  const goBack = async (failure: Failure, kept: string): Promise<void> => {
    if (workers.index > 0) return await takeOverFirst(state, workers);
    const checkpoint = await loadNewestCheckpoint(join(folder, "checkpoints"), say);
    if (checkpoint === undefined) throw stopAt(failure, `${kept}, and there is no checkpoint yet`);
    const { step } = checkpoint.state;
    say(`Warning: ${describeFailure(failure)}. Going back to step ${step}; ${kept}`);
    await rollBack(state, checkpoint, folder);
    await takeOverFirst(state, workers);
  };

  return {
    attempt: async (step) => {
      if (notFinite !== "skip") return await step();
      const before = takeSnapshot(state);
      try {
        return await step();
      } catch (error) {
        before.restore();
        throw error;
      } finally {
        before.dispose();
      }
    },
    hasFailed: (step) => failed.has(step),
    leaveOut: async (failure) => {
      const kept = workers.index > 0 ? "" : await keepFailure(folder, failure);
      if (notFinite === "stop") throw stopAt(failure, kept);
      failed.add(failure.step);
      if (notFinite === "skip") skipOver(failure, kept);
      else await goBack(failure, kept);
    },
    noteTrained: () => {
      skippedInARow = 0;
    },
  };
}

function describeFailure({ step, pairs, error }: Failure): string {
  const names = pairs.map(({ name }) => JSON.stringify(name)).join(", ");
  return `${error.what} is not finite in step ${step} (${names})`;
}

/**
 * Keeps the pictures of a failed step, as they were after augmentation, in
 * `failures/step-00000123` of the run folder. Resuming from an earlier checkpoint trains the step
 * again, on the same random numbers.
 *
 * @returns Where they are, or why they could not be written.
 */
async function keepFailure(folder: string, failure: Failure): Promise<string> {
  const { step, epoch, pairs, error } = failure;
  const path = join(folder, "failures", `step-${String(step).padStart(8, "0")}`);
  try {
    await writeFolderDurably(path, async (beside) => {
      for (const [index, { input, target }] of pairs.entries()) {
        await writePicture(join(beside, `${index}_input.png`), input);
        await writePicture(join(beside, `${index}_target.png`), target);
      }
      const found = { step, epoch, what: error.what, pairs: pairs.map(({ name }) => name) };
      await Deno.writeTextFile(join(beside, "failure.json"), `${JSON.stringify(found, null, 2)}\n`);
    });
    return `its pictures are in "${path}"`;
  } catch (problem) {
    return `its pictures cannot be kept: ${messageOf(problem)}`;
  }
}

/** The error of a training that stops at a failure. */
export function stopAt(failure: Failure, kept: string): PairlabError {
  return new PairlabError(
    `Cannot continue: ${
      describeFailure(failure)
    }; ${kept}. Lower the rate, or resume from the last checkpoint with --not-finite=skip or --not-finite=roll-back`,
  );
}
