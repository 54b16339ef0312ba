/** NumPy's legacy shuffle, to reproduce splits of Python notebooks. */

const words = 624;

/** MT19937 (Matsumoto and Nishimura 1998), seeded as by `np.random.seed`. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(words);
  state[0] = seed;
  for (let i = 1; i < words; i++) {
    const previous = state[i - 1]!;
    state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
  }
  let used = words;
  return () => {
    if (used === words) {
      for (let i = 0; i < words; i++) {
        const y = (state[i]! & 0x80000000) | (state[(i + 1) % words]! & 0x7fffffff);
        state[i] = state[(i + 397) % words]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      used = 0;
    }
    let y = state[used++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

/**
 * Shuffles as `np.random.seed(seed); np.random.shuffle(items)` does, into a new array: Fisher-Yates
 * from the end, bounded integers by masked rejection. For all else use `randomStream`.
 *
 * @param seed A whole number from 0 to 2^32 - 1.
 * @throws {RangeError} For any other seed.
 *
 * @example
 * ```ts
 * import { numpyShuffle } from "./numpy.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(numpyShuffle(["a", "b", "c", "d", "e"], 23), ["e", "b", "a", "c", "d"]);
 * ```
 */
export function numpyShuffle<T>(items: readonly T[], seed: number): T[] {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError(`Cannot seed NumPy's generator with ${seed}. Use 0 to 2^32 - 1.`);
  }
  const next = mersenneTwister(seed);
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const mask = 0xffffffff >>> Math.clz32(last);
    let other = (next() & mask) >>> 0;
    while (other > last) other = (next() & mask) >>> 0;
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}
