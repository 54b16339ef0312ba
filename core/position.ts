/** Where a training stands: every random stream is named by these numbers, and so is the data. */
import type { CheckpointState } from "./checkpoint.ts";

/** Finished epochs and steps, and what the epoch under way has summed up. */
export type Position = Pick<
  CheckpointState,
  "epoch" | "step" | "stepInEpoch" | "lossSums" | "lossSteps" | "secondsInEpoch"
>;

/** Before the first step. */
export const START: Position = {
  epoch: 0,
  step: 0,
  stepInEpoch: 0,
  lossSums: {},
  lossSteps: {},
  secondsInEpoch: 0,
};

/** The position after one more step. */
export function advance(
  position: Position,
  losses: Readonly<Record<string, number>>,
  seconds: number,
): Position {
  return {
    ...position,
    step: position.step + 1,
    stepInEpoch: position.stepInEpoch + 1,
    // Some steps may lack a loss: those in which its network does not learn.
    lossSums: {
      ...position.lossSums,
      ...mapValues(losses, (value, name) => (position.lossSums[name] ?? 0) + value),
    },
    lossSteps: {
      ...position.lossSteps,
      ...mapValues(losses, (_, name) => (position.lossSteps[name] ?? 0) + 1),
    },
    secondsInEpoch: position.secondsInEpoch + seconds,
  };
}

/** The position after one more step that was not trained on. */
export function skip(position: Position): Position {
  return {
    ...position,
    step: position.step + 1,
    stepInEpoch: position.stepInEpoch + 1,
  };
}

/** The position that a checkpoint holds. */
export function positionOf(state: CheckpointState): Position {
  const { epoch, step, stepInEpoch, lossSums, lossSteps, secondsInEpoch } = state;
  return { epoch, step, stepInEpoch, lossSums, lossSteps, secondsInEpoch };
}

/** The position after the epoch under way. */
export function endEpoch({ epoch, step }: Position): Position {
  return { ...START, epoch: epoch + 1, step };
}

/** The means of the losses over those steps of the epoch under way that have them. */
export function meanLosses({ lossSums, lossSteps }: Position): Record<string, number> {
  return mapValues(lossSums, (sum, name) => sum / lossSteps[name]!);
}

function mapValues(
  values: Readonly<Record<string, number>>,
  change: (value: number, key: string) => number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, change(value, key)]),
  );
}
