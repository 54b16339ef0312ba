/** Loads batches: ordered, ahead of the step, augmented, at the size of the networks. */
import type { TaskShape } from "../interfaces/networks.ts";
import type { Augment, Dataset, Pair } from "../interfaces/pictures.ts";
import { randomStream } from "../random/stream.ts";
import { fitPair, type FrameOptions } from "./frame.ts";

/** How pairs become batches. */
export interface LoaderOptions extends FrameOptions {
  readonly shape: TaskShape;
  readonly batch: number;
  readonly seed: number;
  /** A new order in each epoch. */
  readonly shuffle: boolean;
  readonly augment?: Augment | undefined;
  /** The part of a batch to load. @default all of it */
  readonly part?: ((batch: readonly number[]) => readonly number[]) | undefined;
  /**
   * Pairs that may be loading or waiting at once: two batches at the least.
   *
   * @default 8: a pair waits for the event loop several times, and an engine may block it for a step
   */
  readonly ahead?: number;
}

/** The first pairs of a data set, as many as there are up to `count`. */
export function firstPairs(dataset: Dataset, count: number): Dataset {
  return { names: dataset.names.slice(0, count), load: dataset.load.bind(dataset) };
}

/** Batches in an epoch; the last may be smaller. */
export function stepsPerEpoch(pairs: number, batch: number): number {
  return Math.ceil(pairs / batch);
}

/**
 * The batches of one epoch, from step `from` (0 for the first) on.
 *
 * What an epoch holds depends on the seed and the epoch alone, so a training that resumes in its
 * middle sees the same pictures, cropped and mirrored alike.
 *
 * Batches are loaded ahead while the step computes: sharp decodes on threads of its own, and augments
 * run on the main thread, which a compiled step leaves free.
 */
export async function* batchesOf(
  dataset: Dataset,
  epoch: number,
  from: number,
  options: LoaderOptions,
): AsyncGenerator<Pair[], void, void> {
  const { batch, seed, shuffle, ahead = 8, part = (whole) => whole } = options;
  const indices = dataset.names.map((_, index) => index);
  const order = shuffle ? randomStream(seed, "order", epoch).shuffle(indices) : indices;
  const steps = stepsPerEpoch(order.length, batch);
  const batchesAhead = Math.max(2, Math.ceil(ahead / batch));

  const load = (step: number): Promise<Pair[]> =>
    Promise.all(
      part(order.slice(step * batch, (step + 1) * batch)).map(async (index) => {
        const pair = await dataset.load(index, randomStream(seed, "data", epoch, index));
        const random = randomStream(seed, "augment", epoch, index);
        const { augment } = options;
        const changed = augment === undefined ? pair : await augment(pair, random);
        return fitPair(changed, options.shape, options);
      }),
    );

  const underWay: Promise<Pair[]>[] = [];
  let next = from;
  while (next < steps || underWay.length > 0) {
    while (next < steps && underWay.length < batchesAhead) {
      const loading = load(next++);
      // A failure is thrown when its batch is taken; until then it is no unhandled rejection.
      loading.catch(() => {});
      underWay.push(loading);
    }
    const first = underWay.shift();
    if (first !== undefined) yield await first;
  }
}
