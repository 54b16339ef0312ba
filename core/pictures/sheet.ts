/** Many small pictures on one sheet, as photographers look through a film. */
import type { Picture } from "../interfaces/pictures.ts";
import { blankCanvas, type Colours, paste } from "./canvas.ts";
import { placeInFrame } from "./fit.ts";
import { cropPicture } from "./geometry.ts";
import { resizePicture } from "./resize.ts";
import { drawTitle } from "./title.ts";
import { viewablePicture } from "./viewable.ts";

/** One place on a sheet. */
export interface SheetCell {
  /** Side by side. */
  readonly pictures: readonly Picture[];
  /** A line of plain text below them; cut off where it is too long. */
  readonly caption: string;
  /** The caption is red. @default false */
  readonly marked?: boolean;
}

/** How a sheet is laid out. */
export interface SheetOptions {
  /** Cells in a row. @default 4 */
  readonly columns?: number;
  /** Pixels that a picture may be wide and high. @default 128 */
  readonly side?: number;
}

const MARGIN = 8, CAPTION = 12, LINE = 18;

/**
 * Composes a contact sheet: rows of cells, each with its pictures side by side and a caption below.
 * Pictures are shrunk to fit; small ones stay as they are.
 *
 * @returns An 8-bit RGB picture.
 * @throws {RangeError} If there are no cells.
 *
 * @example
 * ```ts
 * import { composeSheet } from "./sheet.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { data: new Uint8Array(300 * 200 * 3), width: 300, height: 200, channels: 3 };
 * const cell = { pictures: [picture, picture], caption: "night.jpg" };
 * const sheet = await composeSheet([cell, cell, cell], { columns: 2, side: 60 });
 * assertEquals(sheet.width, 8 + 2 * (60 + 60 + 2 + 8));
 * ```
 */
export async function composeSheet(
  cells: readonly SheetCell[],
  { columns = 4, side = 128 }: SheetOptions = {},
): Promise<Picture> {
  if (cells.length === 0) throw new RangeError("Cannot compose a sheet: there are no pictures");
  const across = Math.min(columns, cells.length);
  const most = Math.max(...cells.map(({ pictures }) => pictures.length));
  const width = most * (side + 2) - 2, height = side + LINE;
  const sheet = blankCanvas(
    MARGIN + across * (width + MARGIN),
    MARGIN + Math.ceil(cells.length / across) * (height + MARGIN),
  );
  for (const [index, cell] of cells.entries()) {
    const left = MARGIN + (index % across) * (width + MARGIN);
    const top = MARGIN + Math.floor(index / across) * (height + MARGIN);
    for (const [place, picture] of cell.pictures.entries()) {
      const small = await shrink(picture, side);
      const x = left + place * (side + 2) + Math.floor((side - small.width) / 2);
      paste(sheet, small, x, top + side - small.height);
    }
    paste(sheet, await drawCaption(cell, width), left, top + side + 3);
  }
  return sheet;
}

async function shrink(picture: Picture, side: number): Promise<Colours> {
  const frame = {
    width: Math.min(side, picture.width),
    height: Math.min(side, picture.height),
  };
  const { width, height } = placeInFrame(picture, frame, "pad");
  return viewablePicture(await resizePicture(picture, { width, height }, "cubic"));
}

async function drawCaption(
  { caption, marked = false }: SheetCell,
  width: number,
): Promise<Colours> {
  const drawn = await drawTitle(caption, CAPTION, marked ? "#c00000" : "#404040");
  const cut = {
    left: 0,
    top: 0,
    width: Math.min(width, drawn.width),
    height: Math.min(LINE - 3, drawn.height),
  };
  return viewablePicture(cropPicture(drawn, cut));
}
