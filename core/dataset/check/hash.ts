/** Perceptual hashes. */
import type { Grey } from "./correlate.ts";

/** Side of the picture that is hashed, and of the frequencies that are kept. */
export const HASH_SIZE = 32;
const KEPT = 8;

/** 64 bits in two words. */
export type PictureHash = readonly [number, number];

/** Cosines of the first frequencies. */
const COSINES = Array.from(
  { length: KEPT },
  (_, frequency) =>
    Float64Array.from(
      { length: HASH_SIZE },
      (_, at) => Math.cos(Math.PI * (at + 0.5) * frequency / HASH_SIZE),
    ),
);

/**
 * The perceptual hash of a picture: which of its lowest 63 frequencies (discrete cosine transform)
 * are above their median. It hardly changes with size, compression, brightness and slight blur.
 *
 * @param picture {@link HASH_SIZE} pixels wide and high.
 * @param mirrored Hash the mirrored picture. @default false
 */
export function hashPicture({ data }: Grey, mirrored = false): PictureHash {
  // Rows first, then columns.
  const rows = COSINES.map((cosines) =>
    Float64Array.from({ length: HASH_SIZE }, (_, y) => {
      let sum = 0;
      for (let x = 0; x < HASH_SIZE; x++) sum += cosines[x]! * data[y * HASH_SIZE + x]!;
      return sum;
    })
  );
  const frequencies = COSINES.flatMap((cosines) =>
    rows.map((row, across) => {
      let sum = 0;
      for (let y = 0; y < HASH_SIZE; y++) sum += cosines[y]! * row[y]!;
      // Mirroring changes the sign of what is odd across.
      return mirrored && across % 2 === 1 ? -sum : sum;
    })
  );
  const waves = frequencies.slice(1);
  const median = waves.toSorted((a, b) => a - b)[waves.length >> 1]!;
  const words: [number, number] = [0, 0];
  for (const [bit, value] of waves.entries()) {
    if (value > median) words[bit >> 5]! |= 1 << (bit & 31);
  }
  return words;
}

/**
 * The number of bits in which two hashes differ: about 32 for unrelated pictures.
 *
 * @example
 * ```ts
 * import { hashDistance } from "./hash.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(hashDistance([0b1011, 0], [0b0010, -1]), 34);
 * ```
 */
export function hashDistance(a: PictureHash, b: PictureHash): number {
  return ones(a[0] ^ b[0]) + ones(a[1] ^ b[1]);
}

/** How many bits of a word are set. */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
