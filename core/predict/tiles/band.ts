/** A picture that is blended from top to bottom; only the rows in progress are held as floats. */
import type { ImageShape, Picture } from "../../interfaces/pictures.ts";

/** What is being blended. */
export interface Band {
  /** Moves down to a row and finishes the rows above it. */
  moveTo(top: number): void;
  /** Adds a tile whose first row is that of the band; pixels beyond the picture are left out. */
  add(tile: Picture, place: TilePlace): void;
  /** The whole picture; nothing can be added afterwards. */
  finish(): Picture;
  /** Mean absolute difference, in levels of 0…255, of each tile from those before where both weigh. */
  readonly disagreement: number | null;
}

/** Where a tile lies and what weight its rows and columns have. */
export interface TilePlace {
  readonly left: number;
  readonly vertical: Float64Array;
  readonly horizontal: Float64Array;
}

/**
 * Opens a band at the top of a picture.
 *
 * @param rows Of a tile: the height of the band.
 * @param depth Bits of each channel of the picture.
 */
export function openBand(
  { width, height, channels }: ImageShape,
  { rows, depth }: { readonly rows: number; readonly depth: 8 | 16 },
): Band {
  const line = width * channels;
  // Levels of 0…255 times weights, and the weights: those of one row of tiles.
  const levels = new Float32Array(rows * line);
  const weights = new Float32Array(rows * width);
  const data = depth === 8 ? new Uint8ClampedArray(height * line) : new Uint16Array(height * line);
  let first: number | undefined;
  let differences = 0, compared = 0;

  /** Rounds rows of the band, which begins at `first`, into the picture. */
  const write = (from: number, count: number): void => {
    for (let row = 0; row < count; row++) {
      const y = from + row;
      if (y < 0 || y >= height) continue;
      for (let i = 0; i < line; i++) {
        const level = levels[row * line + i]!; // within, as `row` and `i` are
        // A clamped array rounds; a 16-bit array truncates.
        data[y * line + i] = depth === 8 ? level : level * 257 + 0.5;
      }
    }
  };

  return {
    moveTo: (top) => {
      if (first !== undefined) {
        const done = top - first;
        write(first, done);
        for (const [values, length] of [[levels, line], [weights, width]] as const) {
          values.copyWithin(0, done * length);
          values.fill(0, values.length - done * length);
        }
      }
      first = top;
    },
    add: (tile, { left, vertical, horizontal }) => {
      const top = first ?? 0;
      const from = Math.max(0, -left), to = Math.min(tile.width, width - left);
      for (let row = Math.max(0, -top); row < Math.min(rows, height - top); row++) {
        for (let column = from; column < to; column++) {
          const weight = vertical[row]! * horizontal[column]!; // within the tile
          if (weight === 0) continue;
          const pixel = row * width + left + column;
          const before = weights[pixel]!;
          for (let channel = 0; channel < channels; channel++) {
            const level = tile.data[(row * tile.width + column) * channels + channel]!;
            const at = pixel * channels + channel;
            if (before > 0) differences += Math.abs(level - levels[at]! / before);
            levels[at]! += weight * level;
          }
          if (before > 0) compared += channels;
          weights[pixel] = before + weight;
        }
      }
    },
    finish: () => {
      if (first !== undefined) write(first, rows);
      const whole = data instanceof Uint16Array ? data : new Uint8Array(data.buffer);
      return { data: whole, width, height, channels };
    },
    get disagreement() {
      return compared === 0 ? null : differences / compared;
    },
  };
}
