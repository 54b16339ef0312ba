/** Cutting and mirroring: pixels move, none changes. */
import type { Picture } from "../plugin.ts";

/** A rectangle of pixels; `left` and `top` count from 0. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Cuts a rectangle out of a picture.
 *
 * @throws {RangeError} When the rectangle is not within the picture.
 *
 * @example
 * ```ts
 * import { cropPicture } from "./geometry.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const grey = { data: new Uint8Array([1, 2, 3, 4]), width: 2, height: 2, channels: 1 };
 * const right = cropPicture(grey, { left: 1, top: 0, width: 1, height: 2 });
 * assertEquals(right.data, new Uint8Array([2, 4]));
 * ```
 */
export function cropPicture(picture: Picture, rectangle: Rectangle): Picture {
  const { left, top, width, height } = rectangle;
  const within = [left, top, width, height].every((n) => Number.isInteger(n) && n >= 0) &&
    width > 0 && height > 0 && left + width <= picture.width && top + height <= picture.height;
  if (!within) {
    throw new RangeError(
      `Cannot crop ${width}x${height} at (${left}, ${top}): ` +
        `the picture is ${picture.width}x${picture.height}`,
    );
  }
  const { channels } = picture;
  const data = likeData(picture, width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * picture.width + left) * channels;
    data.set(picture.data.subarray(from, from + width * channels), row * width * channels);
  }
  return { data, width, height, channels };
}

/**
 * Mirrors a picture left to right.
 *
 * @example
 * ```ts
 * import { mirrorPicture } from "./geometry.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const grey = { data: new Uint8Array([1, 2, 3, 4]), width: 2, height: 2, channels: 1 };
 * assertEquals(mirrorPicture(grey).data, new Uint8Array([2, 1, 4, 3]));
 * ```
 */
export function mirrorPicture(picture: Picture): Picture {
  const { width, height, channels } = picture;
  const data = likeData(picture, picture.data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const to = (row * width + column) * channels;
      const from = (row * width + width - 1 - column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        data[to + channel] = picture.data[from + channel]!; // within, as `to` is
      }
    }
  }
  return { data, width, height, channels };
}

/** An array of zeros of the same type as the picture's. */
export function likeData({ data }: Picture, length: number): Picture["data"] {
  if (data instanceof Float32Array) return new Float32Array(length);
  return data instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
}
