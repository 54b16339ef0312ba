/** Small draws that all of the drawing shares. */
import type { Random } from "../../../core/plugin.ts";

/** A number between `low` and `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + random.uniform() * (high - low);
}

/** A whole number from `low` to `high`, both included. */
export function count(random: Random, low: number, high: number): number {
  return low + random.integer(high - low + 1);
}

/** One of the items, each as likely. */
export function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[random.integer(items.length)] ?? items[0];
}
