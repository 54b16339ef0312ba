/** Turning by any angle. */
import type { ResizeKernel } from "../interfaces/experiment.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { likeData } from "./geometry.ts";

/**
 * Turns a picture clockwise about its middle; its size stays, and where there would be nothing it is
 * continued by its mirror image.
 *
 * @param degrees Any angle; `turnPicture` turns by quarters without mixing pixels.
 * @param kernel `nearest` mixes no pixels, for label maps; `bilinear` and `cubic` alike mix the four
 * around each place.
 * @returns Of the picture's own type.
 *
 * @example
 * ```ts
 * import { rotatePicture } from "./rotate.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]);
 * const turned = rotatePicture({ data, width: 3, height: 3, channels: 1 }, 90, "nearest");
 * assertEquals(turned.data, new Uint8Array([7, 4, 1, 8, 5, 2, 9, 6, 3]));
 * ```
 */
export function rotatePicture(picture: Picture, degrees: number, kernel: ResizeKernel): Picture {
  const { data: source, width, height, channels } = picture;
  const cosine = Math.cos(degrees * Math.PI / 180), sine = Math.sin(degrees * Math.PI / 180);
  const middleX = (width - 1) / 2, middleY = (height - 1) / 2;
  const data = likeData(picture, source.length);
  const round = data instanceof Float32Array ? 0 : 0.5;
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Where this pixel was before the turn.
      const right = x - middleX, down = y - middleY;
      const fromX = middleX + cosine * right + sine * down;
      const fromY = middleY - sine * right + cosine * down;
      const left = kernel === "nearest" ? Math.round(fromX) : Math.floor(fromX);
      const upper = kernel === "nearest" ? Math.round(fromY) : Math.floor(fromY);
      const mixX = kernel === "nearest" ? 0 : fromX - left;
      const mixY = kernel === "nearest" ? 0 : fromY - upper;
      const columns = [reflect(left, width), reflect(left + 1, width)] as const;
      const rows = [reflect(upper, height) * width, reflect(upper + 1, height) * width] as const;
      for (let channel = 0; channel < channels; channel++) {
        const at = (row: number, column: number): number =>
          source[(row + column) * channels + channel]!; // reflected into the picture
        const above = at(rows[0], columns[0]) * (1 - mixX) + at(rows[0], columns[1]) * mixX;
        const below = at(rows[1], columns[0]) * (1 - mixX) + at(rows[1], columns[1]) * mixX;
        data[to++] = above * (1 - mixY) + below * mixY + round;
      }
    }
  }
  return { data, width, height, channels };
}

/** A position beyond the ends as one within, as often as it takes: 2 1 0 | 0 1 2 | 2 1 0. */
function reflect(position: number, extent: number): number {
  const period = 2 * extent;
  const within = ((position % period) + period) % period;
  return within < extent ? within : period - 1 - within;
}
