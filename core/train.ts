import type { Callback, TrainingRun } from "./plugin.ts";
import type { Training } from "./training.ts";

/** How a training ended. */
export type Outcome = "finished" | "interrupted";

/**
 * Trains until all epochs are done or `signal` is raised; then the step under way is finished.
 * Either way a checkpoint is written at the end, whatever the callbacks do.
 *
 * @throws Whatever a part throws, after the callbacks were told.
 */
export async function train(training: Training, signal: AbortSignal): Promise<Outcome> {
  const { run, callbacks } = training;
  try {
    for (const callback of callbacks) await callback.onTrainBegin?.(run);

    while (run.done.epoch < run.epochs) {
      for await (const pairs of training.batches()) {
        const report = await training.step(pairs);
        for (const callback of callbacks) await callback.onStepEnd?.(run, report);

        await nextTurn();
        if (signal.aborted) return await interrupt(run, callbacks);
      }
      const report = await training.finishEpoch();
      for (const callback of callbacks) await callback.onEpochEnd?.(run, report);
    }

    await run.save();
    for (const callback of callbacks) await callback.onTrainEnd?.(run);
    return "finished";
  } catch (error) {
    for (const callback of callbacks) await callback.onError?.(run, error);
    throw error;
  }
}

async function interrupt(run: TrainingRun, callbacks: readonly Callback[]): Promise<Outcome> {
  await run.save();
  for (const callback of callbacks) await callback.onInterrupt?.(run);
  return "interrupted";
}

/** Lets signals, timers and finished loads have their turn: a step itself holds the event loop. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
