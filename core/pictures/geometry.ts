/** Cutting and mirroring: pixels move but keep their values. */
import type { Picture } from "../interfaces/pictures.ts";

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
 * @throws {RangeError} If the rectangle extends beyond the picture.
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

/**
 * Rotates a picture clockwise by quarter turns; an odd number of them swaps width and height.
 *
 * @param quarters Quarter turns; negative ones turn counterclockwise.
 *
 * @example
 * ```ts
 * import { turnPicture } from "./geometry.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const grey = { data: new Uint8Array([1, 2, 3, 4, 5, 6]), width: 3, height: 2, channels: 1 };
 * const turned = turnPicture(grey, 1);
 * assertEquals([turned.width, turned.height], [2, 3]);
 * assertEquals(turned.data, new Uint8Array([4, 1, 5, 2, 6, 3]));
 * ```
 */
export function turnPicture(picture: Picture, quarters: number): Picture {
  const turns = ((quarters % 4) + 4) % 4;
  if (turns === 0) return picture;
  const { channels } = picture;
  const [width, height] = turns === 2
    ? [picture.width, picture.height]
    : [picture.height, picture.width];
  const data = likeData(picture, picture.data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = turns === 1 ? y : turns === 2 ? width - 1 - x : height - 1 - y;
      const row = turns === 1 ? width - 1 - x : turns === 2 ? height - 1 - y : x;
      const to = (y * width + x) * channels;
      const from = (row * picture.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        data[to + channel] = picture.data[from + channel]!; // within, as `to` is
      }
    }
  }
  return { data, width, height, channels };
}

/**
 * Places a picture on black.
 *
 * @param frame The size of the result, and the position of the picture's top left corner in it.
 * @throws {RangeError} If the picture does not fit into the frame at that place.
 *
 * @example
 * ```ts
 * import { padPicture } from "./geometry.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const dot = { data: new Uint8Array([7]), width: 1, height: 1, channels: 1 };
 * const padded = padPicture(dot, { left: 1, top: 0, width: 3, height: 1 });
 * assertEquals(padded.data, new Uint8Array([0, 7, 0]));
 * ```
 */
export function padPicture(picture: Picture, { left, top, width, height }: Rectangle): Picture {
  if (
    !(left >= 0 && top >= 0 && left + picture.width <= width && top + picture.height <= height)
  ) {
    throw new RangeError(
      `Cannot pad ${picture.width}x${picture.height} at (${left}, ${top}): ` +
        `the frame is ${width}x${height}`,
    );
  }
  const { channels } = picture;
  const data = likeData(picture, width * height * channels);
  const row = picture.width * channels;
  for (let y = 0; y < picture.height; y++) {
    const line = picture.data.subarray(y * row, (y + 1) * row);
    data.set(line, ((top + y) * width + left) * channels);
  }
  return { data, width, height, channels };
}

/** An array of zeros of the same type as the picture's. */
export function likeData({ data }: Picture, length: number): Picture["data"] {
  if (data instanceof Float32Array) return new Float32Array(length);
  return data instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
}
