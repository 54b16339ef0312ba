/** Where tiles lie on a picture, and how much each contributes to a pixel. */
import { PairlabError } from "../../base/errors.ts";
import type { Size } from "../../pictures/shape.ts";

/** Tiles of one size in rows and columns, each sharing `overlap` pixels with its neighbours. */
export interface Tiling {
  /** Height and width of each tile, pixels. */
  readonly tile: Size;
  /** Pixels that neighbours share: rows between vertical neighbours, columns between horizontal ones. */
  readonly overlap: number;
  /** First row of the picture that each row of tiles covers; negative where it begins above it. */
  readonly tops: readonly number[];
  /** First column of each column of tiles. */
  readonly lefts: readonly number[];
}

/**
 * Covers a picture with as few tiles as possible. They lie on a regular grid, so that a network that
 * halves its picture halves neighbours alike, and what they cover beyond the picture is the same on
 * both sides, as far as whole pixels allow.
 *
 * @param overlap Pixels. @default a quarter of the tile's shorter side
 * @throws {PairlabError} For an overlap that is not of whole pixels, or more than half a tile.
 *
 * @example
 * ```ts
 * import { layTiles } from "./layout.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { lefts, tops } = layTiles({ width: 500, height: 200 }, { width: 256, height: 256 });
 * assertEquals([lefts, tops], [[-70, 122, 314], [-28]]);
 * ```
 */
export function layTiles(picture: Size, tile: Size, overlap?: number): Tiling {
  const shorter = Math.min(tile.width, tile.height);
  const shared = overlap ?? Math.floor(shorter / 4);
  if (!(Number.isInteger(shared) && shared >= 0 && 2 * shared <= shorter)) {
    throw new PairlabError(
      `Cannot let tiles of ${tile.width}x${tile.height} overlap by ${shared} pixels. Use a whole number from 0 to ${
        Math.floor(shorter / 2)
      }.`,
    );
  }
  return {
    tile: { width: tile.width, height: tile.height },
    overlap: shared,
    tops: startsOf(picture.height, tile.height, shared),
    lefts: startsOf(picture.width, tile.width, shared),
  };
}

function startsOf(extent: number, side: number, overlap: number): number[] {
  const step = side - overlap;
  const count = Math.max(1, Math.ceil((extent - overlap) / step));
  const beyond = count * step + overlap - extent;
  const first = -Math.floor(beyond / 2);
  return Array.from({ length: count }, (_, index) => first + index * step);
}

/**
 * The weights of the rows (or columns) of tile `index` among `count` in a line: 1 outside overlaps.
 * In an overlap, the quarter next to the tile's edge weighs nothing, since the network sees the least
 * context there, and padding; then the weight rises as a raised cosine. At each pixel the weights of
 * all tiles add up to 1.
 *
 * @example
 * ```ts
 * import { weightsOf } from "./layout.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const first = weightsOf(0, 2, { side: 8, overlap: 4 });
 * const second = weightsOf(1, 2, { side: 8, overlap: 4 });
 * assertEquals([...first.slice(0, 5), first[7]], [1, 1, 1, 1, 1, 0]);
 * assertEquals([4, 5, 6, 7].map((at) => first[at]! + second[at - 4]!), [1, 1, 1, 1]);
 * ```
 */
export function weightsOf(
  index: number,
  count: number,
  { side, overlap }: { readonly side: number; readonly overlap: number },
): Float64Array {
  const weights = new Float64Array(side).fill(1);
  for (let at = 0; at < overlap; at++) {
    const weight = rampAt(at, overlap);
    if (index > 0) weights[at] = weight;
    if (index < count - 1) weights[side - 1 - at] = weight;
  }
  return weights;
}

/** The rows of an overlap, next to a tile's edge, in which the tile weighs nothing. */
export function marginOf(overlap: number): number {
  return Math.floor(overlap / 4);
}

function rampAt(at: number, overlap: number): number {
  // The second half from the first, so that the two add up to 1 exactly.
  const mirrored = overlap - 1 - at;
  if (at > mirrored) return 1 - rampAt(mirrored, overlap);
  if (at === mirrored) return 0.5;
  const margin = marginOf(overlap);
  if (at < margin) return 0;
  return 0.5 - 0.5 * Math.cos(Math.PI * (at - margin + 0.5) / (overlap - 2 * margin));
}
