/** What a run is doing, as far as its folder tells. */
import type { RunEnd } from "../runs/ending.ts";

/** What a run is doing. */
export type RunState =
  /** Its folder is there, and no step is finished yet. */
  | "begun"
  | "running"
  /** No step for long: its process hangs, sleeps or was killed. */
  | "stalled"
  | "finished"
  /** A callback ended it early. */
  | "stopped"
  /** Ctrl-C. */
  | "interrupted"
  | "failed";

/** What tells the state of a run. */
export interface Signs {
  readonly end: RunEnd | null;
  /** Finished steps. */
  readonly step: number;
  /** When its log or record was last written, milliseconds since 1970. */
  readonly written: number;
  readonly now: number;
  /** How long a usual step takes, milliseconds; 0 if unknown. */
  readonly usualStep: number;
  /** Finished epochs and all epochs, if known. */
  readonly epoch?: number;
  readonly epochs?: number;
}

/** Silence after which a run counts as stalled: 20 usual steps, and a minute at the least. */
const SILENT = { steps: 20, milliseconds: 60_000 } as const;

/** Silence before the first step: data are checked, the engine compiles. */
const SILENT_AT_FIRST = 300_000;

/**
 * The state of a run.
 *
 * @example
 * ```ts
 * import { stateOf } from "./state.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const signs = { end: null, step: 5, written: 0, usualStep: 100 };
 * assertEquals(stateOf({ ...signs, now: 30_000 }), "running");
 * assertEquals(stateOf({ ...signs, now: 90_000 }), "stalled");
 * ```
 */
export function stateOf(
  { end, step, written, now, usualStep, epoch = 0, epochs = Infinity }: Signs,
): RunState {
  // An end before the last lines of the log was of another process; `resume` removes it.
  if (end !== null && end.step >= step) return end.end;
  // Runs of earlier versions have no end.json.
  if (step > 0 && epoch >= epochs) return "finished";
  const silent = now - written;
  if (step === 0) return silent > SILENT_AT_FIRST ? "stalled" : "begun";
  return silent > Math.max(SILENT.milliseconds, SILENT.steps * usualStep) ? "stalled" : "running";
}
