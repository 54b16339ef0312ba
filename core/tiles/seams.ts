/** How much of its tiles can be seen in a picture. */
import type { Picture } from "../plugin.ts";
import { marginOf, type Tiling } from "./layout.ts";

/** Steps from pixel to pixel, in levels of 0…255. */
export interface SeamSteps {
  /** Mean absolute step across the lines at which a tile begins, ends, or weighs as its neighbour. */
  readonly across: number;
  /** The same of all places where one tile is alone. */
  readonly elsewhere: number;
  /** `across / elsewhere`: about 1 where nothing is to be seen, more at seams, less where tiles blur. */
  readonly ratio: number;
}

/**
 * Measures steps along and off the seams of a picture that was put together from tiles.
 *
 * What the picture shows differs from place to place too: the ratio of the input by the same tiling
 * says what of it is not the tiles'.
 *
 * @param picture Of the size for which the tiles were laid.
 * @returns Null if there is but one tile, or nothing outside of seams.
 *
 * @example
 * ```ts
 * import { measureSeams } from "./seams.ts";
 * import { layTiles } from "./layout.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8Array([10, 11, 12, 13, 20, 21, 22, 23]);
 * const row = { data, width: 8, height: 1, channels: 1 };
 * const tiling = layTiles(row, { width: 4, height: 1 }, 0);
 * assertEquals(measureSeams(row, tiling), { across: 7, elsewhere: 1, ratio: 7 });
 * ```
 */
export function measureSeams(picture: Picture, tiling: Tiling): SeamSteps | null {
  const { data, width, height, channels } = picture;
  const perLevel = data instanceof Uint16Array ? 257 : 1;
  const columns = kindsOf(tiling.lefts, width, tiling.overlap);
  const rows = kindsOf(tiling.tops, height, tiling.overlap);
  const sums = [0, 0, 0], counts = [0, 0, 0];
  /** Adds the steps from one pixel to another. */
  const add = (kind: number, from: number, to: number): void => {
    for (let channel = 0; channel < channels; channel++) {
      sums[kind]! += Math.abs(data[to + channel]! - data[from + channel]!); // both within
    }
    counts[kind]! += channels;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * channels;
      if (x > 0) add(columns[x]!, to - channels, to);
      if (y > 0) add(rows[y]!, to - width * channels, to);
    }
  }
  if (counts[SEAM] === 0 || counts[ALONE] === 0) return null;
  const across = sums[SEAM]! / counts[SEAM]! / perLevel;
  const elsewhere = sums[ALONE]! / counts[ALONE]! / perLevel;
  return { across, elsewhere, ratio: across === elsewhere ? 1 : across / elsewhere };
}

/** One tile is alone on both sides of a step. */
const ALONE = 0;
/** Two are blended, without a line. */
const BLENDED = 1;
const SEAM = 2;

/** What the step from each row (or column) to the next one is; that to row y stands at y. */
function kindsOf(starts: readonly number[], extent: number, overlap: number): Uint8Array {
  const kinds = new Uint8Array(extent).fill(ALONE);
  const margin = marginOf(overlap);
  for (const start of starts.slice(1)) {
    const begins = start + margin, ends = start + overlap - margin;
    kinds.fill(BLENDED, Math.max(0, begins), Math.max(0, ends + 1));
    for (const line of [begins, Math.round((begins + ends) / 2), ends]) {
      if (line > 0 && line < extent) kinds[line] = SEAM;
    }
  }
  return kinds;
}
