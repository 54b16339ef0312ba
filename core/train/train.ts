import type { Callback, EpochReport, StepReport } from "../interfaces/callbacks.ts";
import { clearEnd, noteEnd, type RunEnd } from "../runs/ending.ts";
import { messageOf } from "../base/errors.ts";
import { guardCallbacks } from "./callback_guard.ts";
import type { Training } from "./training.ts";

/** How a training ended, and the run folder to resume from. */
export interface Outcome {
  /** `stopped`: by a callback, e.g. since nothing has improved for long. */
  readonly end: "finished" | "stopped" | "interrupted";
  readonly folder: string;
}

/**
 * Trains until all epochs are done, a callback has stopped the training and the epoch is done, or
 * `signal` is raised and the step under way is done. It always ends with a checkpoint, whatever the
 * callbacks do.
 *
 * @throws Whatever a part throws, after the callbacks were told.
 *
 * @example
 * ```ts
 * import { beginRun } from "./start.ts";
 * import { train } from "./train.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const folder = `${root}/run`;
 * const parameters = { size: "32", width: "1", count: "2", epochs: "1" };
 * const options = { parameters, folder, backend: "cpu", check: false } as const;
 * const training = await beginRun("quickstart", options);
 * const stop = new AbortController();
 * assertEquals(await train(training, stop.signal), { end: "finished", folder });
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function train(training: Training, signal: AbortSignal): Promise<Outcome> {
  const { run, callbacks } = training;
  using guard = guardCallbacks();
  const begun = run.done.step;
  let failed = false;
  const end = (how: RunEnd["end"], reason?: string | null): Promise<void> =>
    noteEnd(run.folder, { end: how, ...run.done, ...reason ? { reason } : {} });
  const tell = async (hook: (callback: Callback) => void | Promise<void>): Promise<void> => {
    try {
      for (const callback of callbacks) await guard.call(callback, hook);
    } catch (error) {
      // Hours of training are not lost to a callback. What a step threw may have spoilt the weights.
      if (!failed && run.done.step > begun) await training.saveFinal();
      throw error;
    } finally {
      await training.saveIfAsked();
    }
  };
  try {
    await clearEnd(run.folder);
    await tell((callback) => callback.onTrainBegin?.(run));

    while (!training.ended) {
      for await (const pairs of training.batches()) {
        const report: StepReport | null = await training.step(pairs);
        if (report === null) break;
        await tell((callback) => callback.onStepEnd?.(run, report));

        await nextTurn();
        if (guard.failure !== null) await training.saveFinal();
        guard.throwIfFailed();
        if (await training.agree(signal.aborted)) {
          const folder = await training.saveFinal();
          await tell((callback) => callback.onInterrupt?.(run));
          await end("interrupted");
          return { end: "interrupted", folder };
        }
      }
      if (training.midEpoch) continue;
      const report: EpochReport = await training.finishEpoch();
      await tell((callback) => callback.onEpochEnd?.(run, report));
      await training.agree(false);
    }

    const folder = await training.saveFinal();
    await tell((callback) => callback.onTrainEnd?.(run));
    guard.throwIfFailed();
    const how = training.stopped === null ? "finished" : "stopped";
    await end(how, training.stopped);
    return { end: how, folder };
  } catch (error) {
    failed = true;
    await end("failed", messageOf(error));
    await tell((callback) => callback.onError?.(run, error));
    throw error;
  }
}

/** Lets signals, timers and finished loads have their turn: a step itself holds the event loop. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
