/** Many pictures, some at a time. */

/** Pictures that are decoded at a time: enough for every core, few enough for large photographs. */
const atOnce = Math.min(8, navigator.hardwareConcurrency + 1);

/** Told how many of how many are done. */
export type OnProgress = (done: number, total: number) => void;

/**
 * Does something with each item, several at once, and gives the results in the items' order. If one
 * fails, no more are started, and its error is thrown once the others have ended.
 *
 * @param steps How much progress an item is. @default 1
 */
export async function forEachAtOnce<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  { onProgress, steps = 1 }: {
    readonly onProgress?: OnProgress | undefined;
    readonly steps?: number;
  } = {},
): Promise<R[]> {
  const results: R[] = [];
  const errors: unknown[] = [];
  let next = 0, done = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length && errors.length === 0; index = next++) {
      try {
        results[index] = await work(items[index]!, index); // below its length
        done += steps;
        onProgress?.(done, items.length * steps);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (errors.length > 0) throw errors[0];
  return results;
}
