/** Channels apart, and together again. */
import type { Picture } from "../interfaces/pictures.ts";
import { likeData } from "./geometry.ts";

/**
 * Each channel as a picture of its own.
 *
 * @example
 * ```ts
 * import { planesOf } from "./planes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { data: new Uint8Array([1, 2, 3, 4]), width: 2, height: 1, channels: 2 };
 * assertEquals(planesOf(picture).map(({ data }) => [...data]), [[1, 3], [2, 4]]);
 * ```
 */
export function planesOf(picture: Picture): Picture[] {
  const { data, width, height, channels } = picture;
  const pixels = width * height;
  return Array.from({ length: channels }, (_, channel) => {
    const plane = likeData(picture, pixels);
    for (let i = 0; i < pixels; i++) plane[i] = data[i * channels + channel]!; // within, as `i` is
    return { data: plane, width, height, channels: 1 };
  });
}

/**
 * Pictures of one channel each, of one size, as the channels of one.
 *
 * @throws {RangeError} If there are none, or their sizes differ.
 *
 * @example
 * ```ts
 * import { joinPlanes } from "./planes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const plane = (...data: number[]) => ({
 *   data: new Uint8Array(data),
 *   width: data.length,
 *   height: 1,
 *   channels: 1,
 * });
 * assertEquals(joinPlanes([plane(1, 3), plane(2, 4)]).data, new Uint8Array([1, 2, 3, 4]));
 * ```
 */
export function joinPlanes(planes: readonly Picture[]): Picture {
  const [first] = planes;
  if (first === undefined) throw new RangeError("Cannot join planes: there are none");
  const { width, height } = first;
  const pixels = width * height, channels = planes.length;
  const data = likeData(first, pixels * channels);
  for (const [channel, plane] of planes.entries()) {
    if (plane.data.length !== pixels) {
      throw new RangeError(
        `Cannot join a plane of ${plane.width}x${plane.height}, ${plane.channels} channels ` +
          `with one of ${width}x${height}. Use planes of one channel and one size.`,
      );
    }
    for (let i = 0; i < pixels; i++) data[i * channels + channel] = plane.data[i]!; // within
  }
  return { data, width, height, channels };
}
