/** Blur as a lens out of focus makes it. */
import type { Picture } from "../interfaces/pictures.ts";

/**
 * Spreads every pixel over a disk, as a lens does that is out of focus; beyond the edges the
 * picture is continued with its outermost pixels.
 *
 * A row of the disk is a run of pixels, so that running sums make the work proportional to the
 * radius, not to its square. Pixels at the rim count by the part of them that is within the radius,
 * along the row; rows count whole, so that the disk's height grows by steps of two pixels.
 *
 * @param radius Of the disk, in pixels, fractions allowed; 0 changes nothing.
 * @returns Floats where the picture has floats, otherwise rounded to its own type.
 * @throws {RangeError} If the radius is negative or not finite.
 *
 * @example
 * ```ts
 * import { defocusPicture } from "./defocus.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const dot = { data: new Float32Array([0, 0, 5, 0, 0]), width: 5, height: 1, channels: 1 };
 * // Above and below, the row is continued: three rows of the disk, 1, 3 and 1 pixels wide.
 * assertEquals(defocusPicture(dot, 1).data, new Float32Array([0, 1, 3, 1, 0]));
 * ```
 */
export function defocusPicture(picture: Picture, radius: number): Picture {
  if (!(radius >= 0 && radius < Infinity)) {
    throw new RangeError(`Cannot blur by a radius of ${radius} pixels. Use 0 or more.`);
  }
  if (radius === 0) return picture;
  const { width, height, channels } = picture;
  const rows = Math.floor(radius);
  const runs = Array.from({ length: 2 * rows + 1 }, (_, i) => {
    const half = Math.sqrt(radius * radius - (i - rows) ** 2);
    return { whole: Math.floor(half), part: half - Math.floor(half) };
  });
  const area = runs.reduce((sum, { whole, part }) => sum + 2 * whole + 1 + 2 * part, 0);
  const margin = rows + 1;
  const { values, sums, stride } = runningSums(picture, margin);

  const data = picture.data.slice();
  const line = new Float64Array(width * channels);
  const round = data instanceof Float32Array ? 0 : 0.5;
  for (let y = 0; y < height; y++) {
    line.fill(0);
    for (const [i, { whole, part }] of runs.entries()) {
      const row = Math.min(Math.max(y + i - rows, 0), height - 1) * stride + margin * channels;
      const reach = whole * channels, beyond = (whole + 1) * channels;
      for (let x = 0; x < line.length; x++) {
        // All indices lie within the padded row, since a run reaches at most `margin` pixels.
        const at = row + x;
        line[x]! += sums[at + beyond]! - sums[at - reach]! +
          part * (values[at + beyond]! + values[at - beyond]!);
      }
    }
    // A mean of pixels cannot leave their range, so that typed arrays round by cutting off.
    for (let x = 0; x < line.length; x++) data[y * line.length + x] = line[x]! / area + round;
  }
  return { data, width, height, channels };
}

/** Rows padded with their ends; `sums` at a pixel is the sum of the pixels before it in its row. */
function runningSums(
  { data, width, height, channels }: Picture,
  margin: number,
): { values: Float64Array; sums: Float64Array; stride: number } {
  const padded = width + 2 * margin;
  const stride = padded * channels;
  const values = new Float64Array(height * stride), sums = new Float64Array(height * stride);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < padded; x++) {
      const from = (y * width + Math.min(Math.max(x - margin, 0), width - 1)) * channels;
      const to = y * stride + x * channels;
      for (let channel = 0; channel < channels; channel++) {
        values[to + channel] = data[from + channel]!;
        if (x > 0) {
          const before = to + channel - channels;
          sums[to + channel] = sums[before]! + values[before]!;
        }
      }
    }
  }
  return { values, sums, stride };
}
