import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { defocusPicture } from "../../../core/pictures/defocus.ts";
import type { Picture } from "../../../core/plugin.ts";

function grey(width: number, height: number, data: Picture["data"]): Picture {
  return { data, width, height, channels: 1 };
}

/** The definition, pixel by pixel: the mean over the disk, rims by their part along the row. */
function slowly({ data, width, height, channels }: Picture, radius: number): Float32Array {
  const blurred = new Float32Array(data.length);
  const inside = (n: number, length: number): number => Math.min(Math.max(n, 0), length - 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0, weights = 0;
        for (let dy = -Math.floor(radius); dy <= radius; dy++) {
          const half = Math.sqrt(radius ** 2 - dy ** 2);
          for (let dx = -Math.ceil(half); dx <= Math.ceil(half); dx++) {
            const weight = Math.min(1, Math.max(0, half - Math.abs(dx) + 1));
            const at = inside(y + dy, height) * width + inside(x + dx, width);
            sum += weight * data[at * channels + channel]!;
            weights += weight;
          }
        }
        blurred[(y * width + x) * channels + channel] = sum / weights;
      }
    }
  }
  return blurred;
}

describe("defocusPicture", () => {
  it("makes a disk of a point", () => {
    const point = new Float32Array(49);
    point[24] = 21 + 8 * (Math.sqrt(3) - 1);
    // Rows of a disk of radius 2: 1, 2 sqrt(3) + 1, 5, 2 sqrt(3) + 1 and 1 pixels.
    const rim = Math.sqrt(3) - 1;
    const area = 1 + 1 + 5 + 2 * (3 + 2 * rim);
    const { data } = defocusPicture(grey(7, 7, point), 2);
    const disk = [
      [0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 1, 0, 0, 0],
      [0, rim, 1, 1, 1, rim, 0],
      [0, 1, 1, 1, 1, 1, 0],
      [0, rim, 1, 1, 1, rim, 0],
      [0, 0, 0, 1, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ].flat();
    for (const [i, value] of disk.entries()) {
      assertAlmostEquals(data[i]!, value * point[24]! / area, 1e-5);
    }
  });

  it("is the mean over the disk, edges continued, for any radius", () => {
    for (const radius of [0.5, 1, 1.7, 3.2, 9]) {
      const data = Float32Array.from({ length: 8 * 6 * 3 }, (_, i) => (i * i * 31 + 7 * i) % 251);
      const picture = { data, width: 8, height: 6, channels: 3 };
      const expected = slowly(picture, radius);
      const blurred = defocusPicture(picture, radius).data;
      for (const [i, value] of expected.entries()) {
        assertAlmostEquals(blurred[i]!, value, 1e-3, `radius ${radius}, ${i}: ${blurred[i]}`);
      }
    }
  });

  it("keeps the type of the pixels, rounds whole ones, and keeps a flat picture flat", () => {
    for (const data of [new Uint8Array(20).fill(255), new Uint16Array(20).fill(65535)]) {
      assertEquals(defocusPicture(grey(5, 4, data), 2.5).data, data);
    }
    const half = defocusPicture(grey(3, 1, new Uint8Array([0, 0, 4])), 1);
    // Rows of 1, 3 and 1 pixels: 0, 4 / 5, and 16 / 5 where the last pixel is continued.
    assertEquals(half.data, new Uint8Array([0, 1, 3]));
  });

  it("leaves the picture as it is at radius 0, and refuses what is no radius", () => {
    const picture = grey(1, 1, new Uint8Array([1]));
    assert(defocusPicture(picture, 0) === picture);
    for (const radius of [-1, NaN, Infinity]) {
      assertThrows(() => defocusPicture(picture, radius), RangeError, `${radius} pixels`);
    }
  });
});
