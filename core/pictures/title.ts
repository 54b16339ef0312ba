/** Lines of text as pictures. */
import { fileURLToPath } from "node:url";
import { blankCanvas, type Colours } from "./canvas.ts";
import { cropPicture } from "./geometry.ts";
import { pictureOf, sharp } from "./sharp.ts";

// Part of the project's own packages, so that titles look alike on machines without fonts.
const font = fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"));

/**
 * Draws a line of plain text, as wide as it needs; all of a font size are equally tall.
 *
 * @param colour Of the letters, as CSS has it; on white.
 *
 * @example
 * ```ts
 * import { drawTitle } from "./title.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const [short, long] = await Promise.all(["Input", "Input Image"].map((text) => drawTitle(text, 16)));
 * assert(short!.width < long!.width);
 * assertEquals(short!.height, long!.height);
 * ```
 */
export async function drawTitle(
  title: string,
  fontSize: number,
  colour = "black",
): Promise<Colours> {
  const text = title.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`).replace(/\s+/g, " ").trim();
  if (text === "") return blankCanvas(1, 1);
  const drawn = await sharp({
    text: {
      // libvips cuts the text out along its ink; the bar has the height of every letter, so that
      // all titles stand on one line. It is cut off again.
      text: `<span foreground="${colour}">| ${text}</span>`,
      font: `DejaVu Sans ${fontSize}`,
      fontfile: font,
      dpi: 72, // a point of the font is a pixel
      rgba: true,
      wrap: "none",
    },
  })
    .flatten({ background: "#fff" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = pictureOf(drawn);
  const bar = Math.round(fontSize * 0.3);
  const { data, width, height } = cropPicture(picture, {
    left: bar,
    top: 0,
    width: picture.width - bar,
    height: picture.height,
  });
  return { data: new Uint8Array(data), width, height, channels: 3 };
}
