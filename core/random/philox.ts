/** Philox 4x32-10, the counter-based generator that TensorFlow's stateless random ops use. */

/** A 128-bit counter as four unsigned 32-bit words, least significant first. */
export type PhiloxCounter = readonly [number, number, number, number];

/** A 64-bit key as two unsigned 32-bit words, least significant first. */
export type PhiloxKey = readonly [number, number];

const MULTIPLIER_0 = 0xd2511f53, MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9, WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** High 32 bits of the product of two unsigned 32-bit numbers, as int32. */
function multiplyHigh(a: number, b: number): number {
  // 16 bits at a time keep int32 arithmetic exact.
  const aHigh = a >>> 16, aLow = a & 0xffff, bHigh = b >>> 16, bLow = b & 0xffff;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const other = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}

/**
 * Fills `words` with the numbers of consecutive counters, four per counter (Salmon et al. 2011,
 * "Parallel random numbers: as easy as 1, 2, 3").
 *
 * @param words Array whose length is a multiple of four.
 * @param counter The first counter.
 * @throws {RangeError} If the length is not a multiple of four.
 *
 * @example
 * ```ts
 * import { philox, philoxFill } from "./philox.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const words = new Uint32Array(8);
 * philoxFill(words, [5, 0, 0, 0], [1, 2]);
 * assertEquals([...words.subarray(4)], philox([6, 0, 0, 0], [1, 2]));
 * ```
 */
export function philoxFill(words: Uint32Array, counter: PhiloxCounter, key: PhiloxKey): void {
  if (words.length % 4 !== 0) {
    throw new RangeError(`Cannot fill ${words.length} words. Use a multiple of four.`);
  }
  // int32 stays in registers; storing makes it unsigned again.
  let n0 = counter[0] | 0, n1 = counter[1] | 0, n2 = counter[2] | 0, n3 = counter[3] | 0;
  const key0 = key[0] | 0, key1 = key[1] | 0;
  for (let i = 0; i < words.length; i += 4) {
    let c0 = n0, c1 = n1, c2 = n2, c3 = n3, k0 = key0, k1 = key1;
    for (let round = 0; round < ROUNDS; round++) {
      const high0 = multiplyHigh(MULTIPLIER_0, c0), low0 = Math.imul(MULTIPLIER_0, c0);
      const high1 = multiplyHigh(MULTIPLIER_1, c2), low1 = Math.imul(MULTIPLIER_1, c2);
      c0 = high1 ^ c1 ^ k0;
      c1 = low1;
      c2 = high0 ^ c3 ^ k1;
      c3 = low0;
      k0 = (k0 + WEYL_0) | 0;
      k1 = (k1 + WEYL_1) | 0;
    }
    words[i] = c0;
    words[i + 1] = c1;
    words[i + 2] = c2;
    words[i + 3] = c3;
    n0 = (n0 + 1) | 0;
    if (n0 === 0) {
      n1 = (n1 + 1) | 0;
      if (n1 === 0) {
        n2 = (n2 + 1) | 0;
        if (n2 === 0) n3 = (n3 + 1) | 0;
      }
    }
  }
}

/**
 * Four random 32-bit words for a 128-bit counter and a 64-bit key (Salmon et al. 2011), least
 * significant word first.
 *
 * @example
 * ```ts
 * import { philox } from "./philox.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(philox([0, 0, 0, 0], [0, 0])[0], 0x6627e8d5);
 * ```
 */
export function philox(
  counter: PhiloxCounter,
  key: PhiloxKey,
): [number, number, number, number] {
  const words = new Uint32Array(4);
  philoxFill(words, counter, key);
  return [words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0];
}
