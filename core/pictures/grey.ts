/** The brightness of pictures. */
import type { Picture } from "../interfaces/pictures.ts";

/** How bright red, green and blue look (Rec. 601). */
const WEIGHTS = [0.299, 0.587, 0.114] as const;

/**
 * The brightness of a picture as floats in 0…255: of three channels and more that of the first three
 * as RGB, of fewer the first.
 *
 * @returns `[height, width, 1]`.
 *
 * @example
 * ```ts
 * import { greyPicture } from "./grey.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const red = { data: new Uint16Array([65535, 0, 0]), width: 1, height: 1, channels: 3 };
 * assertEquals(Math.round(greyPicture(red).data[0]!), 76);
 * ```
 */
export function greyPicture(
  { data, width, height, channels }: Picture,
): Picture & { readonly data: Float32Array } {
  const grey = new Float32Array(width * height);
  const scale = data instanceof Uint16Array ? 255 / 65535 : 1;
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels; // all three below the data's length, as `i` is below the pixels
    grey[i] = channels < 3 ? data[at]! * scale : scale *
      (WEIGHTS[0] * data[at]! + WEIGHTS[1] * data[at + 1]! + WEIGHTS[2] * data[at + 2]!);
  }
  return { data: grey, width, height, channels: 1 };
}
