import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { isFolder } from "../../../core/base/files.ts";
import { decodePicture } from "../../../core/pictures/decode.ts";
import { looksSideBySide, seamOf } from "../../../core/pictures/seam.ts";
import type { Picture } from "../../../core/plugin.ts";
import { blurred, scene } from "../dataset/scenes.ts";

/** Two pictures of one height side by side. */
function beside(a: Picture, b: Picture): Picture {
  const { height, channels } = a, row = a.width * channels, other = b.width * channels;
  const data = new Uint8Array(height * (row + other));
  for (let y = 0; y < height; y++) {
    data.set(a.data.subarray(y * row, (y + 1) * row), y * (row + other));
    data.set(b.data.subarray(y * other, (y + 1) * other), y * (row + other) + row);
  }
  return { data, width: a.width + b.width, height, channels };
}

const shared = new URL("../../../../shared/data/", import.meta.url).pathname;
const missing = !await isFolder(shared);

async function seams(folder: string): Promise<number[]> {
  const names = [...Deno.readDirSync(join(shared, folder))].map(({ name }) => name)
    .filter((name) => /\.(jpg|png)$/.test(name)).sort().slice(0, 24);
  return await Promise.all(
    names.map(async (name) => seamOf(await decodePicture(join(shared, folder, name)))),
  );
}

describe("the seam in the middle", () => {
  it("stands out between two pictures, and nowhere in one", () => {
    for (let seed = 0; seed < 6; seed++) {
      const sharp = scene(seed);
      assert(seamOf(beside(blurred(sharp), sharp)) > 2);
      assert(seamOf(blurred(sharp)) < 2);
    }
  });

  it("is 1 in what is flat, or a pixel wide", () => {
    const flat = { data: new Uint8Array(64).fill(9), width: 16, height: 4, channels: 1 };
    assertEquals(seamOf(flat), 1);
    assertEquals(seamOf({ data: new Uint8Array(3), width: 1, height: 1, channels: 3 }), 1);
  });

  it("tells real facades from real photographs", { skip: missing }, async () => {
    assertEquals((await seams("facades")).filter((seam) => seam > 2).length, 24);
    // Of all 500, 499 and 495 are.
    for (const side of ["output", "input"]) {
      assert((await seams(`flowers/${side}`)).filter((seam) => seam < 2).length >= 22, side);
    }
  });
});

describe("looksSideBySide", () => {
  const shape = { height: 96, width: 96, channels: 3 };
  const both = beside(scene(1), scene(2));

  it("is true for two pictures of the shape", () => {
    assertEquals(looksSideBySide(both, shape), true);
    assertEquals(looksSideBySide(both, { ...shape, height: 256, width: 256 }), true);
  });

  it("is false for one, and for another aspect ratio", () => {
    assertEquals(looksSideBySide(scene(1), shape), false);
    assertEquals(looksSideBySide(both, { ...shape, width: 192 }), false);
    const panorama = scene(3, 192);
    assertEquals(
      looksSideBySide(
        { ...panorama, height: 96, data: panorama.data.subarray(0, 192 * 96 * 3) },
        shape,
      ),
      false,
    );
  });
});
