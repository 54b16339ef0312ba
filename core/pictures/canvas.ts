/** White canvases that pictures are pasted on. */
import type { Picture } from "../interfaces/pictures.ts";

/** 8-bit RGB. */
export type Colours = Picture & { readonly data: Uint8Array };

/** A white canvas. */
export function blankCanvas(width: number, height: number): Colours {
  return { data: new Uint8Array(width * height * 3).fill(255), width, height, channels: 3 };
}

/** Copies all of `picture`, which must fit, onto `canvas`. */
export function paste(canvas: Colours, picture: Colours, left: number, top: number): void {
  const bytes = picture.width * 3;
  for (let row = 0; row < picture.height; row++) {
    const line = picture.data.subarray(row * bytes, (row + 1) * bytes);
    canvas.data.set(line, ((top + row) * canvas.width + left) * 3);
  }
}
