import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { composePanel } from "../../../core/pictures/panel.ts";
import type { Picture } from "../../../core/plugin.ts";

type Colour = readonly [number, number, number];

function flat(width: number, height: number, colour: Colour): Picture {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3]!);
  return { data, width, height, channels: 3 };
}

/** The box around all pixels that `is` accepts. */
function box(panel: Picture, is: (r: number, g: number, b: number) => boolean): {
  left: number;
  top: number;
  right: number;
  bottom: number;
} {
  const found = { left: Infinity, top: Infinity, right: -1, bottom: -1 };
  for (let y = 0; y < panel.height; y++) {
    for (let x = 0; x < panel.width; x++) {
      const at = (y * panel.width + x) * 3;
      if (!is(panel.data[at]!, panel.data[at + 1]!, panel.data[at + 2]!)) continue;
      found.left = Math.min(found.left, x);
      found.right = Math.max(found.right, x);
      found.top = Math.min(found.top, y);
      found.bottom = Math.max(found.bottom, y);
    }
  }
  return found;
}

const dark = (r: number, g: number, b: number): boolean => r < 100 && g < 100 && b < 100;

describe("composePanel", () => {
  it("sets pictures side by side, unchanged, in their order, equally far apart", async () => {
    const panel = await composePanel([
      { title: "Input Image", picture: flat(256, 256, [255, 0, 0]) },
      { title: "Ground Truth", picture: flat(256, 256, [0, 255, 0]) },
      { title: "Predicted Image", picture: flat(256, 256, [0, 0, 255]) },
    ]);
    const red = box(panel, (r, g, b) => r === 255 && g === 0 && b === 0);
    const green = box(panel, (r, g, b) => r === 0 && g === 255 && b === 0);
    const blue = box(panel, (r, g, b) => r === 0 && g === 0 && b === 255);
    for (const { left, top, right, bottom } of [red, green, blue]) {
      assertEquals([right - left + 1, bottom - top + 1], [256, 256]);
      assertEquals(top, red.top);
    }
    assertEquals(green.left - red.right, blue.left - green.right);
    assert(red.left > 0 && green.left > red.right && blue.right < panel.width - 1);
  });

  for (const size of [32, 64, 100, 256, 1024]) {
    it(`has room for whole titles above pictures of ${size}x${size}`, async () => {
      const picture = flat(size, size, [200, 210, 220]);
      const panel = await composePanel([
        { title: "Input Image", picture },
        { title: "Ground Truth", picture },
        { title: "A title that is much longer than its picture is wide", picture },
      ]);
      const text = box(panel, dark);
      const pictures = box(panel, (r, g, b) => r === 200 && g === 210 && b === 220);
      assert(text.left > 1 && text.right < panel.width - 2, `${text.left} to ${text.right}`);
      assert(text.top > 1 && text.bottom < pictures.top - 1, `${text.top} to ${text.bottom}`);
      assert(text.bottom - text.top >= 9, "titles are legible");
    });
  }

  it("sets every title above its own picture, in the middle", async () => {
    const blank = flat(256, 256, [200, 200, 200]);
    for (const column of [0, 1, 2]) {
      const panel = await composePanel(
        [0, 1, 2].map((i) => ({
          title: i === column ? "Ground Truth" : "",
          picture: i === column ? flat(256, 256, [255, 0, 0]) : blank,
        })),
      );
      const text = box(panel, dark);
      const picture = box(panel, (r, g) => r === 255 && g === 0);
      const offset = (text.left + text.right - picture.left - picture.right) / 2;
      assert(Math.abs(offset) <= 3, `the title is ${offset} pixels off`);
    }
  });

  it("enlarges small pictures by a whole factor, without mixing pixels", async () => {
    const data = new Uint8Array([255, 0, 0, 0, 0, 255]);
    const panel = await composePanel([
      { title: "", picture: { data, width: 2, height: 1, channels: 3 } },
    ]);
    const red = box(panel, (r, g) => r === 255 && g === 0);
    const blue = box(panel, (r, _, b) => r === 0 && b === 255);
    assertEquals(red.right - red.left, blue.right - blue.left);
    assertEquals(blue.left, red.right + 1);
    assertEquals(red.bottom - red.top, red.right - red.left);
  });

  it("takes grey pictures, floats, several sizes, and titles with markup in them", async () => {
    const panel = await composePanel([
      {
        title: "<b>R&D</b>",
        picture: {
          data: new Float32Array(200 * 100).fill(300),
          width: 200,
          height: 100,
          channels: 1,
        },
      },
      { title: "x", picture: flat(256, 256, [0, 128, 0]) },
    ]);
    assertEquals(panel.channels, 3);
    assert(box(panel, dark).bottom > 0);
  });

  it("shows 16 bits, and the first three of many channels", async () => {
    const data = Uint16Array.from(
      { length: 200 * 100 * 5 },
      (_, i) => [65535, 257, 514, 9, 9][i % 5]!,
    );
    const panel = await composePanel([
      { title: "", picture: { data, width: 200, height: 100, channels: 5 } },
    ]);
    const shown = box(panel, (r, g, b) => r === 255 && g === 1 && b === 2);
    assertEquals([shown.right - shown.left + 1, shown.bottom - shown.top + 1], [200, 100]);
  });

  it("needs at least one picture", async () => {
    await assertRejects(() => composePanel([]), RangeError, "there are no pictures");
  });
});
