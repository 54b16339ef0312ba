/** Drawings to pixels. */
import { messageOf, PairlabError } from "../base/errors.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { pictureOf, sharp } from "./sharp.ts";

/**
 * Draws an SVG text at the size that its `width` and `height` say, on white; on other threads.
 *
 * @returns `[height, width, 3]`, 8 bits.
 * @throws {PairlabError} If the text is not a complete SVG.
 *
 * @example
 * ```ts
 * import { drawSvg } from "./draw.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const square = '<path d="M0 0H2V2H0Z" fill="red"/>';
 * const { data } = await drawSvg(
 *   `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2">${square}</svg>`,
 * );
 * assertEquals([...data.subarray(0, 3)], [255, 0, 0]);
 * ```
 */
export async function drawSvg(svg: string): Promise<Picture & { readonly data: Uint8Array }> {
  const bytes = new TextEncoder().encode(svg);
  try {
    return pictureOf(
      await sharp(bytes).flatten({ background: "#fff" }).toColourspace("srgb").raw()
        .toBuffer({ resolveWithObject: true }),
    );
  } catch (error) {
    throw new PairlabError(`Cannot draw the SVG: ${messageOf(error)}`);
  }
}
