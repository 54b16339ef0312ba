/** Callbacks under the eyes of their suite. */
import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { type Callback, type Json, messageOf, type TrainingRun } from "../../core/plugin.ts";
import { runWith } from "./rehearsal.ts";

/** What a callback has done. */
export interface Journal {
  /** What it remembered at the beginning; undefined if it remembers nothing. */
  begin: Json | undefined;
  /** What it remembered after each step, epoch and record. */
  readonly states: Json[];
  /** What it asked the training for, and when. */
  readonly deeds: string[];
}

/** Nothing yet. */
export function newJournal(): Journal {
  return { begin: undefined, states: [], deeds: [] };
}

/** Those that come again at the same place in a run that is resumed. */
const TOLD = ["onStepEnd", "onEpochEnd", "onRecord"] as const;
const OTHERS = ["onTrainBegin", "onInterrupt", "onTrainEnd", "onError"] as const;
type Hook = (typeof TOLD | typeof OTHERS)[number];

/** The same callback, which writes down what it does; says nothing aloud. */
export function watched(callback: Callback, journal: Journal): Callback {
  journal.begin ??= callback.state?.();
  const call = async (hook: Hook, run: TrainingRun, report: unknown): Promise<void> => {
    const { numTensors } = tf.memory();
    try {
      // Each hook takes the report of its own kind, which is what it was called with.
      await (callback[hook] as ((run: TrainingRun, report: unknown) => unknown) | undefined)
        ?.call(callback, run, withoutTime(report));
    } catch (error) {
      throw new Error(
        `Its ${hook} threw, which ends a training: ${
          messageOf(error)
        }. run.say(…) tells of what can be borne`,
        { cause: error },
      );
    }
    assertEquals(tf.memory().numTensors, numTensors, `Its ${hook} leaves tensors behind`);
  };
  /** A run that notes what it is asked for, and says nothing aloud. */
  const noting = (run: TrainingRun, note: (what: string) => void): TrainingRun =>
    runWith(run, {
      save: (options = {}) => {
        note(`save ${JSON.stringify(options)}`);
        run.save();
      },
      record: (values, mode) => {
        const unnamed = Object.keys(values).filter((name) => !callback.records?.includes(name));
        assertEquals(
          unnamed,
          [],
          `it records ${unnamed}: name that in its \`records: [...]\`, so that schedules may go by it`,
        );
        note(`record ${JSON.stringify(values)}${mode === undefined ? "" : `, mode ${mode}`}`);
        return run.record(values, mode);
      },
      stop: (reason) => {
        note(`stop: ${reason}`);
        run.stop(reason);
      },
      say: () => {},
    });
  const told = (hook: Hook) => async (run: TrainingRun, report: unknown): Promise<void> => {
    const deed = (what: string): void =>
      void journal.deeds.push(`${what} (${hook} of step ${run.done.step})`);
    await call(hook, noting(run, deed), report);
    const state = callback.state?.();
    if (state !== undefined) journal.states.push(state);
  };
  const other = (hook: Hook) => (run: TrainingRun, report?: unknown): Promise<void> =>
    call(hook, noting(run, () => {}), report);
  return {
    ...callback,
    ...callback.state === undefined ? {} : { state: () => callback.state!() },
    ...callback.restore === undefined ? {} : { restore: (state) => callback.restore!(state) },
    ...Object.fromEntries(TOLD.map((hook) => [hook, told(hook)])),
    ...Object.fromEntries(OTHERS.map((hook) => [hook, other(hook)])),
  };
}

/** A report of a step or epoch that took as long as any other: times would differ from run to run. */
function withoutTime(report: unknown): unknown {
  if (typeof report !== "object" || report === null) return report;
  return {
    ...report,
    ..."milliseconds" in report ? { milliseconds: 250 } : {},
    ..."seconds" in report ? { seconds: 2 } : {},
  };
}
