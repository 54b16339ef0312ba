/** Measures how visible the tiles of a picture are. */
import type { Picture } from "../../interfaces/pictures.ts";
import { marginOf, type Tiling } from "./layout.ts";

/** Steps from pixel to pixel, in levels of 0…255. */
export interface SeamSteps {
  /** Mean absolute step across the lines at which a tile begins, ends, or weighs as its neighbour. */
  readonly across: number;
  /** The mean step 8 and 16 rows or columns before and after those lines. */
  readonly beside: number;
  /** `across / beside`: about 1 where there is nothing to be seen. */
  readonly ratio: number;
}

/**
 * Distances to the rows (or columns) that a seam is compared with. They are near, since the content
 * varies, and multiples of 8, so that patterns with periods of powers of 2 (the checkerboard of
 * strided networks, JPEG blocks) are in phase.
 */
const DISTANCES: readonly number[] = [-16, -8, 8, 16];

/**
 * Measures the steps across the seams of a picture that was put together from tiles, and beside them.
 *
 * The content may have a step at such a line too: compare with the ratio of the input.
 *
 * @param picture Of the size for which the tiles were laid.
 * @returns Null if there is only one tile, or no room beside the seams.
 *
 * @example
 * ```ts
 * import { measureSeams } from "./seams.ts";
 * import { layTiles } from "./layout.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const data = Uint8Array.from({ length: 48 }, (_, x) => x < 24 ? x : x + 6);
 * const row = { data, width: 48, height: 1, channels: 1 };
 * const tiling = layTiles(row, { width: 24, height: 24 }, 0);
 * assertEquals(tiling.lefts, [0, 24]);
 * assertEquals(measureSeams(row, tiling), { across: 7, beside: 1, ratio: 7 });
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
    if (kind === FAR) return;
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
  if (counts[SEAM] === 0 || counts[BESIDE] === 0) return null;
  const across = sums[SEAM]! / counts[SEAM]! / perLevel;
  const beside = sums[BESIDE]! / counts[BESIDE]! / perLevel;
  return { across, beside, ratio: across === beside ? 1 : across / beside };
}

const FAR = 0, BESIDE = 1, SEAM = 2;

/** What the step to each row (or column) from the one before is. */
function kindsOf(starts: readonly number[], extent: number, overlap: number): Uint8Array {
  const kinds = new Uint8Array(extent).fill(FAR);
  const margin = marginOf(overlap);
  const lines = starts.slice(1).flatMap((start) => {
    const begins = start + margin, ends = start + overlap - margin;
    return [begins, Math.round((begins + ends) / 2), ends];
  }).filter((line) => line > 0 && line < extent);
  for (const line of lines) {
    for (const distance of DISTANCES) {
      const beside = line + distance;
      if (beside > 0 && beside < extent) kinds[beside] = BESIDE;
    }
  }
  for (const line of lines) kinds[line] = SEAM;
  return kinds;
}
