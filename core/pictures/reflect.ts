/** Rectangles of a picture that may reach beyond its edges. */
import type { Picture } from "../interfaces/pictures.ts";
import { likeData, type Rectangle } from "./geometry.ts";

/**
 * Cuts a rectangle out; beyond an edge the picture is mirrored, the edge's own pixels not
 * repeated, and mirrored again beyond that, however far it is.
 *
 * @param rectangle Of whole numbers; `left` and `top` may be negative.
 *
 * @example
 * ```ts
 * import { cropReflected } from "./reflect.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const grey = { data: new Uint8Array([1, 2, 3]), width: 3, height: 1, channels: 1 };
 * const wide = cropReflected(grey, { left: -2, top: 0, width: 8, height: 1 });
 * assertEquals(wide.data, new Uint8Array([3, 2, 1, 2, 3, 2, 1, 2]));
 * ```
 */
export function cropReflected(picture: Picture, rectangle: Rectangle): Picture {
  const { left, top, width, height } = rectangle;
  const { channels } = picture;
  const columns = Array.from({ length: width }, (_, x) => reflect(left + x, picture.width));
  const data = likeData(picture, width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = reflect(top + y, picture.height) * picture.width;
    for (const column of columns) {
      const from = (row + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        data[to++] = picture.data[from + channel]!; // within, as reflected
      }
    }
  }
  return { data, width, height, channels };
}

/** The position in 0 … `extent` - 1 that is seen at any whole number. */
function reflect(position: number, extent: number): number {
  const period = Math.max(1, 2 * extent - 2);
  const within = ((position % period) + period) % period;
  return within < extent ? within : period - within;
}
