import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import sharp from "sharp";
import { PairlabError } from "../../../core/base/errors.ts";
import { encodePicture, writePicture } from "../../../core/pictures/encode.ts";
import type { Picture } from "../../../core/plugin.ts";

function grey(data: Picture["data"]): Picture {
  return { data, width: data.length, height: 1, channels: 1 };
}

async function pixels(bytes: Uint8Array): Promise<number[]> {
  return [...await sharp(bytes).toColourspace("b-w").raw().toBuffer()];
}

describe("encodePicture", () => {
  it("rounds fractions and clips what lies beyond 0…255", async () => {
    const picture = grey(new Float32Array([-3, 0.4, 0.6, 127.2, 254.9, 300]));
    assertEquals(await pixels(await encodePicture(picture, ".png")), [0, 0, 1, 127, 255, 255]);
  });

  it("keeps 16 bits in PNG, and makes 8 of them for JPEG", async () => {
    const picture = grey(new Uint16Array(64).fill(51400));
    const png = await encodePicture(picture, ".png");
    assertEquals((await sharp(png).metadata()).depth, "ushort");
    const { data } = await sharp(png).toColourspace("grey16").raw({ depth: "ushort" })
      .toBuffer({ resolveWithObject: true });
    assertEquals(new Uint16Array(data.buffer, data.byteOffset, 64), picture.data);
    assertEquals(await pixels(await encodePicture(picture, ".jpg")), new Array(64).fill(200));
  });

  it("makes smaller files of lower quality", async () => {
    const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i) % 251);
    const picture = { data, width: 64, height: 64, channels: 3 };
    const [coarse, fine] = await Promise.all([
      encodePicture(picture, ".jpg", { quality: 30 }),
      encodePicture(picture, ".JPEG", { quality: 95 }),
    ]);
    assert(coarse.length < fine.length / 2, `${coarse.length}, ${fine.length}`);
  });

  it("says within the file what it is told, without changing a pixel", async () => {
    const picture = grey(new Uint8Array([1, 2, 250]));
    const bytes = await encodePicture(picture, ".png", { description: "of run c0ffee" });
    const { exif } = await sharp(bytes).metadata();
    assert(new TextDecoder().decode(exif).includes("of run c0ffee"));
    assertEquals(await pixels(bytes), [1, 2, 250]);
    assertEquals((await sharp(await encodePicture(picture, ".png")).metadata()).exif, undefined);
  });
});

describe("writePicture", () => {
  it("writes JPEG or PNG, as the extension says, and leaves nothing else behind", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const picture = grey(new Uint8Array([1, 2, 3]));
      for (const [name, format] of [["a.jpg", "jpeg"], ["b.JPEG", "jpeg"], ["c.png", "png"]]) {
        const path = join(folder, name!);
        await writePicture(path, picture);
        await writePicture(path, picture); // over the first
        assertEquals((await sharp(await Deno.readFile(path)).metadata()).format, format);
      }
      const names = (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
      assertEquals(names.sort(), ["a.jpg", "b.JPEG", "c.png"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("refuses channels that the kind of file cannot hold", async () => {
    const picture = { data: new Uint8Array(5), width: 1, height: 1, channels: 5 };
    for (const name of ["bands.png", "bands.jpg"]) {
      await assertRejects(
        () => writePicture(name, picture),
        PairlabError,
        `Cannot write the picture "${name}": it has 5 channels, which only ".tif"`,
      );
    }
  });

  it("refuses other extensions", async () => {
    const picture = grey(new Uint8Array([1]));
    for (const path of ["x.bmp", "x"]) {
      await assertRejects(
        () => writePicture(path, picture),
        PairlabError,
        `Cannot write the picture "${path}"`,
      );
    }
  });
});
