/** Where a training stands. Random streams and the order of the pictures depend on nothing else. */
import type { Wiring } from "../interfaces/experiment.ts";
import type { Progress } from "../interfaces/objectives.ts";
import type { Position } from "../runs/checkpoint_state.ts";

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

type Numbers = Readonly<Record<string, number>>;

/** The position after one more step. */
export function advance(position: Position, losses: Numbers, seconds: number): Position {
  const { lossSums, lossSteps, secondsInEpoch } = position;
  return {
    ...skip(position),
    // A step has no loss of a network that does not learn in it.
    lossSums: { ...lossSums, ...mapValues(losses, (value, name) => (lossSums[name] ?? 0) + value) },
    lossSteps: { ...lossSteps, ...mapValues(losses, (_, name) => (lossSteps[name] ?? 0) + 1) },
    secondsInEpoch: secondsInEpoch + seconds,
  };
}

/** The position after a step that was skipped. */
export function skip(position: Position): Position {
  return { ...position, step: position.step + 1, stepInEpoch: position.stepInEpoch + 1 };
}

/**
 * The position after the epoch under way.
 *
 * @param watched The numbers that schedules watch: the history holds no others. @default all
 */
export function endEpoch(position: Position, watched?: readonly string[]): Position {
  const { epoch, step, history } = position;
  const losses = meanLosses(position);
  return { ...START, epoch: epoch + 1, step, history: noted(history, epoch + 1, losses, watched) };
}

/** The position after numbers were recorded: within an epoch, or at the end of the last one. */
export function note(position: Position, values: Numbers, watched?: readonly string[]): Position {
  const { epoch, stepInEpoch, history } = position;
  const noticed = stepInEpoch === 0 ? epoch : epoch + 1;
  return { ...position, history: noted(history, noticed, values, watched) };
}

function noted(
  history: Position["history"],
  epoch: number,
  values: Numbers,
  watched?: readonly string[],
): Position["history"] {
  // Numbers from before the first epoch belong to none.
  if (epoch === 0 || watched?.length === 0) return history;
  const known = Object.entries(values).filter(([name, value]) =>
    // JSON has neither infinity nor NaN.
    Number.isFinite(value) && (watched?.includes(name) ?? true)
  );
  const epochs = Array.from(
    { length: Math.max(history.length, epoch) },
    (_, index) => history[index] ?? {},
  );
  epochs[epoch - 1] = { ...epochs[epoch - 1], ...Object.fromEntries(known) };
  return epochs;
}

/** The position as a schedule sees it. */
export function progressAt(
  { epoch, step, history }: Position,
  all: Pick<Progress, "epochs" | "stepsPerEpoch">,
): Progress {
  return { ...all, epoch, step, history: history.slice(0, epoch) };
}

/** The mean of each loss over those steps of the epoch under way that have it. */
export function meanLosses({ lossSums, lossSteps }: Position): Record<string, number> {
  return mapValues(lossSums, (sum, name) => sum / lossSteps[name]!);
}

function mapValues(
  values: Numbers,
  change: (value: number, key: string) => number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, change(value, key)]),
  );
}

/** The networks that learn in a step. */
export type Turn = "both" | "generator" | "discriminator";

/**
 * The networks that learn in a step: by its number alone, so that a resumed run continues alike.
 *
 * @param step 1 for the first.
 *
 * @example
 * ```ts
 * import { networksToTrain } from "./position.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const [d, g] = ["discriminator", "both"] as const;
 * const turns = [1, 2, 3, 4, 5, 6].map((step) => networksToTrain(step, { discriminatorSteps: 3 }));
 * assertEquals(turns, [d, d, g, d, d, g]);
 * ```
 */
export function networksToTrain(
  step: number,
  { discriminatorSteps = 1, generatorSteps = 1 }: Pick<
    Wiring,
    "discriminatorSteps" | "generatorSteps"
  >,
): Turn {
  // D learns before G: G's turn ends a round of D's, and D's begins a round of G's.
  if (step % discriminatorSteps !== 0) return "discriminator";
  return (step - 1) % generatorSteps === 0 ? "both" : "generator";
}
