/** Requests that wait for the engine, gathered into batches. */

/** Too many requests wait already. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
  /** @param seconds After which it is worth asking again. */
  constructor(readonly seconds: number) {
    super("The queue is full.");
  }
}

/** How a queue works. */
export interface QueueOptions {
  /** Items that may wait; one more is rejected. */
  readonly limit: number;
  /**
   * Numbers of items that are worked on at once, ascending from 1; the largest that can be filled is
   * taken.
   */
  readonly batches: readonly number[];
  /** Told of each batch: how many items, and seconds. */
  readonly onBatch?: (items: number, seconds: number) => void;
}

/** A queue in front of a worker that does one batch at a time. */
export interface BatchQueue<I, O> {
  /**
   * Waits for its turn and is worked on.
   *
   * @param signal When it is aborted while the item waits, the item leaves the queue.
   * @throws {QueueFullError} If too many items wait.
   */
  push(item: I, signal: AbortSignal): Promise<O>;
  /** Items that wait. */
  readonly waiting: number;
  /** Resolves when no item waits and none is worked on. */
  idle(): Promise<void>;
}

interface Waiting<I, O> {
  readonly item: I;
  resolve(result: O): void;
  reject(reason: unknown): void;
}

/**
 * Opens a queue. A batch holds what waits when the worker is free, so that a single request never
 * waits for others.
 *
 * @param work Gives one result for each item, in their order.
 *
 * @example
 * ```ts
 * import { openQueue } from "./batch_queue.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const queue = openQueue((items: number[]) => Promise.resolve(items.map((x) => 2 * x)), {
 *   limit: 10,
 *   batches: [1, 2, 4],
 * });
 * const { signal } = new AbortController();
 * assertEquals(await Promise.all([1, 2, 3].map((x) => queue.push(x, signal))), [2, 4, 6]);
 * ```
 */
export function openQueue<I, O>(
  work: (items: I[]) => Promise<O[]>,
  { limit, batches, onBatch }: QueueOptions,
): BatchQueue<I, O> {
  const queue: Waiting<I, O>[] = [];
  let working: Promise<void> | null = null;
  /** Seconds that an item took lately. */
  let pace = 1;

  const workOff = async (): Promise<void> => {
    // What comes in the same turn of the event loop goes into the same batch.
    await Promise.resolve();
    while (queue.length > 0) {
      const taken = queue.splice(0, batches.findLast((size) => size <= queue.length));
      const started = performance.now();
      try {
        const results = await work(taken.map(({ item }) => item));
        taken.forEach(({ resolve }, index) => resolve(results[index]!));
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
      const seconds = (performance.now() - started) / 1000;
      pace = 0.8 * pace + 0.2 * seconds / taken.length;
      onBatch?.(taken.length, seconds);
    }
    working = null;
  };

  return {
    push: (item, signal) =>
      new Promise<O>((resolve, reject) => {
        signal.throwIfAborted();
        if (queue.length >= limit) {
          throw new QueueFullError(Math.max(1, Math.ceil(pace * queue.length)));
        }
        const waiting = { item, resolve, reject };
        queue.push(waiting);
        signal.addEventListener("abort", () => {
          const place = queue.indexOf(waiting);
          if (place >= 0) queue.splice(place, 1);
          reject(signal.reason);
        }, { once: true });
        working ??= workOff();
      }),
    get waiting() {
      return queue.length;
    },
    idle: async () => {
      while (working !== null) await working;
    },
  };
}
