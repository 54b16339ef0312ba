/** Pictures side by side with titles, as the notebook shows them. */
import type { Picture } from "../interfaces/pictures.ts";
import { blankCanvas, type Colours, paste } from "./canvas.ts";
import { panelFactor, panelSpacing } from "./panel_layout.ts";
import { resizePicture } from "./resize.ts";
import { drawTitle } from "./title.ts";
import { viewablePicture } from "./viewable.ts";

/** One picture of a panel. */
export interface PanelColumn {
  /** One line of plain text. */
  readonly title: string;
  readonly picture: Picture;
}

/**
 * Draws pictures side by side on white, each below its title, e.g. the notebook's Input Image,
 * Ground Truth, Predicted Image.
 *
 * Small pictures are enlarged by a whole factor, without interpolation. A column is as wide as its
 * title or its picture, whichever is wider.
 *
 * @returns An 8-bit RGB picture.
 * @throws {RangeError} If there are no columns.
 *
 * @example
 * ```ts
 * import { composePanel } from "./panel.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { data: new Uint8Array(256 * 256 * 3), width: 256, height: 256, channels: 3 };
 * const panel = await composePanel([
 *   { title: "Input Image", picture },
 *   { title: "Ground Truth", picture },
 *   { title: "Predicted Image", picture },
 * ]);
 * assertEquals(panel.channels, 3);
 * ```
 */
export async function composePanel(columns: readonly PanelColumn[]): Promise<Picture> {
  if (columns.length === 0) throw new RangeError("Cannot compose a panel: there are no pictures");
  const pictures = await Promise.all(columns.map(({ picture }) => legible(picture)));
  const widest = Math.max(...pictures.map(({ width }) => width));
  const tallest = Math.max(...pictures.map(({ height }) => height));
  const { margin, top } = panelSpacing(widest);
  const titles = await Promise.all(columns.map(({ title }) => drawTitle(title, margin)));

  const widths = pictures.map(({ width }, index) => Math.max(width, titles[index]!.width));
  const canvas = blankCanvas(
    widths.reduce((sum, width) => sum + width + margin, margin),
    top + tallest + margin,
  );
  let left = margin;
  for (const [index, width] of widths.entries()) {
    const title = titles[index]!, picture = pictures[index]!; // as many as there are widths
    paste(canvas, title, left + Math.floor((width - title.width) / 2), margin);
    paste(
      canvas,
      picture,
      left + Math.floor((width - picture.width) / 2),
      top + Math.floor((tallest - picture.height) / 2),
    );
    left += width + margin;
  }
  return canvas;
}

/** 8-bit RGB; small pictures are enlarged by a whole factor. */
async function legible(picture: Picture): Promise<Colours> {
  const factor = panelFactor(picture.width);
  const size = { width: picture.width * factor, height: picture.height * factor };
  return viewablePicture(await resizePicture(picture, size, "nearest"));
}
