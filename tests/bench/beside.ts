/** Training steps with and without loading beside them. */
import { batchesOf, type LoaderOptions } from "../../core/data/loader.ts";
import type { Dataset, Pair } from "../../core/plugin.ts";
import { median } from "./statistics.ts";
import type { Trainer } from "./trainer.ts";

/** What loading does to a training; times in milliseconds. */
export interface Beside {
  /** Median of a step on pictures that are there already. */
  readonly step_ms: number;
  /** The same while others are loaded, each decoded. */
  readonly step_beside_ms: number;
  /** How long a step waited for its batch, median. */
  readonly wait_ms: number;
  readonly longest_wait_ms: number;
  /** By how much loading lengthens training, waiting included: 0.01 is a hundredth. */
  readonly share: number;
}

/** Steps that do not count. */
const WARM_UP = 3;

/** Steps in one go, with and without loading. */
const BLOCK = 5;

/** Takes steps whose batches are loaded while they compute, in turn with steps on one batch. */
export async function measureBeside(
  trainer: Trainer,
  dataset: Dataset,
  loader: LoaderOptions,
  steps: number,
): Promise<Beside> {
  const alone: number[] = [], beside: number[] = [], waits: number[] = [];
  const timed = async (times: number[], body: () => Promise<unknown>): Promise<void> => {
    const start = performance.now();
    await body();
    times.push(performance.now() - start);
  };
  const batches = endlessly(dataset, loader);
  let pairs: Pair[] = [];
  const takeBatch = async (): Promise<void> => {
    pairs = (await batches.next()).value ?? [];
  };
  for (let i = 0; i < WARM_UP; i++) {
    await takeBatch();
    await trainer.stepOn(pairs);
  }
  while (beside.length < steps) {
    const count = Math.min(BLOCK, steps - beside.length);
    for (let i = 0; i < count; i++) {
      await timed(waits, takeBatch);
      await timed(beside, () => trainer.stepOn(pairs));
    }
    for (let i = 0; i < count; i++) await timed(alone, () => trainer.stepOn(pairs));
  }
  await batches.return();
  const step_ms = median(alone), step_beside_ms = median(beside), wait_ms = median(waits);
  return {
    step_ms,
    step_beside_ms,
    wait_ms,
    longest_wait_ms: Math.max(...waits),
    share: (step_beside_ms + wait_ms) / step_ms - 1,
  };
}

/** The batches of epoch after epoch. */
export async function* endlessly(
  dataset: Dataset,
  loader: LoaderOptions,
): AsyncGenerator<Pair[], void, void> {
  for (let epoch = 1;; epoch++) yield* batchesOf(dataset, epoch, 0, loader);
}
