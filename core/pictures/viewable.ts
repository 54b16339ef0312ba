/** Pictures of any channels and depth as people can look at them. */
import type { Picture } from "../interfaces/pictures.ts";
import { roundPicture } from "./encode.ts";

/**
 * The picture in 8-bit RGB: grey in three equal channels, of more than three channels the first
 * three, of two the first.
 *
 * @example
 * ```ts
 * import { viewablePicture } from "./viewable.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const deep = { data: new Uint16Array([25700, 0]), width: 1, height: 1, channels: 2 };
 * assertEquals(viewablePicture(deep).data, new Uint8Array([100, 100, 100]));
 * ```
 */
export function viewablePicture(picture: Picture): Picture & { readonly data: Uint8Array } {
  const { data, width, height, channels } = roundPicture(picture);
  const bytes = data instanceof Uint16Array ? Uint8Array.from(data, (v) => v >> 8) : data;
  if (channels === 3) return { data: bytes, width, height, channels };
  const colours = new Uint8Array(width * height * 3);
  const shown = channels < 3 ? 1 : 3;
  for (let i = 0; i < colours.length; i++) {
    // Within the picture's pixels, as `i` is within those of three channels.
    colours[i] = bytes[Math.floor(i / 3) * channels + i % shown]!;
  }
  return { data: colours, width, height, channels: 3 };
}
