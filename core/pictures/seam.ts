/** Whether a picture is two pictures side by side. */
import type { ImageShape, Picture } from "../interfaces/pictures.ts";

/** Columns on each side of the middle that the seam is compared with. */
const BESIDE = 6;

/** In photographs the middle is like any other place; between two pictures it stands out. */
export const SEAM = 2;

/**
 * How much more the two middle columns of a picture differ than columns beside them: about 1 for one
 * picture, more for two that meet there.
 *
 * @example
 * ```ts
 * import { seamOf } from "./seam.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const data = Uint8Array.from({ length: 32 }, (_, x) => x < 16 ? x : x + 60);
 * assertEquals(seamOf({ data, width: 32, height: 1, channels: 1 }), 61.5 / 1.5);
 * ```
 */
export function seamOf({ data, width, height, channels }: Picture): number {
  const middle = Math.floor(width / 2), scale = data instanceof Uint16Array ? 1 / 257 : 1;
  const step = (column: number): number => {
    let sum = 0;
    for (let y = 0; y < height; y++) {
      for (let channel = 0; channel < channels; channel++) {
        const at = (y * width + column) * channels + channel;
        sum += Math.abs((data[at] ?? 0) - (data[at - channels] ?? 0));
      }
    }
    return sum * scale / (height * channels);
  };
  const columns = Array.from({ length: 2 * BESIDE + 1 }, (_, i) => middle - BESIDE + i)
    .filter((column) => column !== middle && column > 0 && column < width);
  if (columns.length === 0) return 1;
  const beside = columns.reduce((sum, column) => sum + step(column), 0) / columns.length;
  // Half a level, so that flat pictures have no seam.
  return (step(middle) + 0.5) / (beside + 0.5);
}

/**
 * True for a picture that holds two of this shape side by side, by its aspect ratio and the seam in
 * its middle.
 *
 * @param shape What one picture is taken for.
 */
export function looksSideBySide(picture: Picture, shape: ImageShape): boolean {
  const ratio = picture.width / picture.height / (2 * shape.width / shape.height);
  return picture.width % 2 === 0 && Math.abs(Math.log(ratio)) < 0.1 && seamOf(picture) > SEAM;
}
