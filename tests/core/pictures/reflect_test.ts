import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cropReflected } from "../../../core/pictures/reflect.ts";

/** Pixels 10 y + x, in two channels that differ by 100. */
function numbered(width: number, height: number) {
  const data = Uint16Array.from({ length: width * height * 2 }, (_, i) => {
    const pixel = Math.floor(i / 2);
    return 10 * Math.floor(pixel / width) + pixel % width + 100 * (i % 2);
  });
  return { data, width, height, channels: 2 };
}

/** The first channel, row by row. */
function rowsOf({ data, width, height }: ReturnType<typeof cropReflected>): number[][] {
  return Array.from(
    { length: height },
    (_, y) => Array.from({ length: width }, (_, x) => data[(y * width + x) * 2]!),
  );
}

describe("a rectangle beyond the edges", () => {
  it("is mirrored there, without the edge itself, in both directions", () => {
    const cut = cropReflected(numbered(3, 2), { left: -1, top: -1, width: 5, height: 4 });
    assertEquals(rowsOf(cut), [
      [11, 10, 11, 12, 11],
      [1, 0, 1, 2, 1],
      [11, 10, 11, 12, 11],
      [1, 0, 1, 2, 1],
    ]);
    assertEquals(cut.data[1], 111, "channels stay together");
  });

  it("within the picture is what a crop is", () => {
    const cut = cropReflected(numbered(4, 3), { left: 1, top: 1, width: 2, height: 2 });
    assertEquals(rowsOf(cut), [[11, 12], [21, 22]]);
  });

  it("is mirrored again and again around a picture that is small, down to one pixel", () => {
    const cut = cropReflected(numbered(2, 1), { left: -3, top: -2, width: 7, height: 3 });
    assertEquals(rowsOf(cut), Array(3).fill([1, 0, 1, 0, 1, 0, 1]));
    const one = cropReflected(numbered(1, 1), { left: -5, top: -5, width: 2, height: 2 });
    assertEquals(rowsOf(one), [[0, 0], [0, 0]]);
  });
});
