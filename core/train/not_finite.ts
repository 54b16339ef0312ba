/** What becomes of a training whose step gave no numbers: stop, skip or roll back. */
import { join } from "@std/path";
import { describeFailure, type Failure, keepFailure, stopAt } from "./failure.ts";
import { loadNewestCheckpoint } from "../runs/checkpoints.ts";
import { skip } from "./position.ts";
import { takeSnapshot } from "./snapshot.ts";
import { say } from "../base/terminal.ts";
import { goBackTo, type TrainingParts, type TrainingState } from "./state.ts";

/** Steps in a row that may be skipped, however short an epoch is. */
const MOST_SKIPPED = 10;

/** Deals with the failures of one training. */
export interface FailurePolicy {
  /** Takes a step; if it fails and is to be skipped, nothing of it is left in the weights. */
  attempt<T>(step: () => Promise<T>): Promise<T>;
  /** True for a step that has failed: it is left out when it comes again. */
  hasFailed(step: number): boolean;
  /**
   * Moves the training past a step that has failed, or back before it.
   *
   * @throws {PairlabError} If that is not to be borne.
   */
  leaveOut(failure: Failure): Promise<void>;
  /** Takes note of a step that has not failed. */
  noteTrained(): void;
}

/** The policy that a training was given, at work on its state. */
export function createFailurePolicy(
  { folder, notFinite = "stop" }: Pick<TrainingParts, "folder" | "notFinite">,
  state: TrainingState,
  stepsPerEpoch: number,
): FailurePolicy {
  const failed = new Set<number>();
  /** Steps in a row that were skipped. */
  let skipped = 0;

  const skipOver = (failure: Failure, kept: string): void => {
    // A network whose weights have grown beyond all bounds will not come back.
    if (++skipped >= Math.max(stepsPerEpoch, MOST_SKIPPED)) {
      throw stopAt(failure, `${kept}, and ${skipped} steps in a row were skipped`);
    }
    say(`Warning: ${describeFailure(failure)}. It is skipped; ${kept}`);
    state.position = skip(state.position);
  };

  const rollBack = async (failure: Failure, kept: string): Promise<void> => {
    const checkpoint = await loadNewestCheckpoint(join(folder, "checkpoints"), say);
    if (checkpoint === undefined) throw stopAt(failure, `${kept}, and there is no checkpoint yet`);
    const { step } = checkpoint.state;
    say(`Warning: ${describeFailure(failure)}. Going back to step ${step}; ${kept}`);
    await goBackTo(checkpoint, state, folder);
  };

  return {
    attempt: async (step) => {
      if (notFinite !== "skip") return await step();
      const before = takeSnapshot(state.networks, state.updates);
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
      const kept = await keepFailure(folder, failure);
      if (notFinite === "stop") throw stopAt(failure, kept);
      failed.add(failure.step);
      if (notFinite === "skip") skipOver(failure, kept);
      else await rollBack(failure, kept);
    },
    noteTrained: () => {
      skipped = 0;
    },
  };
}
