/** Which pictures of a step each worker computes. */
import type { Share } from "../interfaces/networks.ts";

/** Which of how many workers. */
export interface Seat {
  /** 0 for the first. */
  readonly index: number;
  readonly count: number;
}

/**
 * A worker's part of a batch of `size` pictures, in their order; as many for each worker as can be.
 * One that would have none takes a picture of another's that counts nothing.
 *
 * @returns Its places in the batch, and what it counts.
 *
 * @example
 * ```ts
 * import { shareOf } from "./share.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const shares = [0, 1].map((index) => shareOf(3, { index, count: 2 }));
 * assertEquals(shares.map(({ first, pictures }) => [first, pictures]), [[0, 1], [1, 2]]);
 * ```
 */
export function shareOf(
  size: number,
  { index, count }: Seat,
): Share & { readonly pictures: number } {
  const first = Math.floor(size * index / count);
  const pictures = Math.floor(size * (index + 1) / count) - first;
  const weight = pictures * count / size;
  return { first: Math.min(first, size - 1), pictures: Math.max(pictures, 1), of: size, weight };
}
