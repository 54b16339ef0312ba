/** Where a training stands: every random stream is named by these numbers, and so is the data. */
import type { CheckpointState, Position } from "../runs/checkpoint_state.ts";
import type { Progress } from "../interfaces/objectives.ts";

/** Before the first step. */
export const START: Position = {
  epoch: 0,
  step: 0,
  stepInEpoch: 0,
  lossSums: {},
  lossSteps: {},
  secondsInEpoch: 0,
  history: [],
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
  const { epoch, step, stepInEpoch, lossSums, lossSteps, secondsInEpoch, history } = state;
  return { epoch, step, stepInEpoch, lossSums, lossSteps, secondsInEpoch, history };
}

/** The position after the epoch under way. */
export function endEpoch(position: Position): Position {
  const { epoch, step, history } = position;
  const losses = meanLosses(position);
  return { ...START, epoch: epoch + 1, step, history: noted(history, epoch + 1, losses) };
}

/** The position after numbers were recorded: in the epoch under way, or at the end of the last one. */
export function note(position: Position, values: Readonly<Record<string, number>>): Position {
  const { epoch, stepInEpoch, history } = position;
  return { ...position, history: noted(history, stepInEpoch === 0 ? epoch : epoch + 1, values) };
}

function noted(
  history: Position["history"],
  epoch: number,
  values: Readonly<Record<string, number>>,
): Position["history"] {
  // What is recorded before the first epoch is no epoch's.
  if (epoch === 0) return history;
  // JSON has neither infinity nor NaN.
  const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
  const epochs = Array.from(
    { length: Math.max(history.length, epoch) },
    (_, i) => history[i] ?? {},
  );
  epochs[epoch - 1] = { ...epochs[epoch - 1], ...Object.fromEntries(finite) };
  return epochs;
}

/** Where a training stands, as a schedule sees it. */
export function progressAt(
  { epoch, step, history }: Position,
  all: Pick<Progress, "epochs" | "stepsPerEpoch">,
): Progress {
  return { ...all, epoch, step, history: history.slice(0, epoch) };
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
