/** Random streams for everything outside the networks: crops, mirroring, shuffling, drawing. */
import { philox } from "./philox.ts";

/** A stream of random numbers that depends only on its key. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** A uniform whole number in 0…`below` - 1. */
  integer(below: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** `items` in random order, as a new array (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * Folds names and numbers into the 64-bit key of a stream or layer.
 *
 * @example
 * ```ts
 * import { deriveKey } from "./stream.ts";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * assertEquals(deriveKey(23, ["down1", 2]), deriveKey(23, ["down1", 2]));
 * assertNotEquals(deriveKey(23, ["down1", 2]), deriveKey(23, ["down1", 3]));
 * ```
 */
export function deriveKey(seed: number, path: readonly (string | number)[]): [number, number] {
  let key: [number, number] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
  const absorb = (a: number, b: number): void => {
    const mixed = philox([a, b, 0, 0], key);
    key = [mixed[0], mixed[1]];
  };
  for (const part of path) {
    if (typeof part === "number") absorb(part >>> 0, Math.floor(part / 2 ** 32) >>> 0);
    else {
      // The length distinguishes ["ab", "c"] from ["a", "bc"].
      absorb(part.length, 0xffffffff);
      for (let i = 0; i < part.length; i++) absorb(part.charCodeAt(i), i);
    }
  }
  return key;
}

/**
 * Opens a random stream. Streams of different paths are independent, so adding a part to an experiment
 * changes no number that another part draws.
 *
 * @param seed The experiment's seed.
 * @param path The purpose, e.g. `"augment", epoch, index`. Epoch and index in the path let a resumed
 * run open the same stream.
 *
 * @example
 * ```ts
 * import { randomStream } from "./stream.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const a = randomStream(23, "augment", 1, 0);
 * const b = randomStream(23, "augment", 1, 0);
 * assertEquals(a.integer(30), b.integer(30));
 * ```
 */
export function randomStream(seed: number, ...path: readonly (string | number)[]): Random {
  const key = deriveKey(seed, path);
  let block: readonly number[] = [];
  let used = 4;
  let counter = 0;
  const word = (): number => {
    if (used === 4) {
      block = philox([counter >>> 0, Math.floor(counter / 2 ** 32) >>> 0, 0, 0], key);
      counter++;
      used = 0;
    }
    return block[used++]!;
  };
  // 53 bits, the precision of a double.
  const uniform = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  const integer = (below: number): number => Math.floor(uniform() * below);
  return {
    uniform,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    shuffle: (items) => {
      const shuffled = [...items];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
      }
      return shuffled;
    },
  };
}
