import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import sharp from "sharp";
import { decodePicture } from "../../../core/pictures/decode.ts";
import { encodePicture } from "../../../core/pictures/encode.ts";
import { PairlabError } from "../../../core/base/errors.ts";

const rgb = { raw: { width: 2, height: 1, channels: 3 as const } };
const redBlue = new Uint8Array([255, 0, 0, 0, 0, 255]);

/** A photograph-like JPEG of several kilobytes. */
function noise(): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i) % 251);
  return sharp(data, { raw: { width: 64, height: 64, channels: 3 } }).jpeg().toBuffer();
}

describe("decodePicture", () => {
  it("gives the pixels of a PNG as they are, from bytes and from a path", async () => {
    const png = await sharp(redBlue, rgb).png().toBuffer();
    const expected = { data: redBlue, width: 2, height: 1, channels: 3 };
    assertEquals(await decodePicture(png), expected);
    const folder = await Deno.makeTempDir();
    try {
      const path = join(folder, "red blue.png");
      await Deno.writeFile(path, png);
      assertEquals(await decodePicture(path), expected);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("sees a file anew each time, however often it changes", async () => {
    const path = await Deno.makeTempFile({ suffix: ".png" });
    try {
      for (const value of [10, 20, 30]) {
        const background = { r: value, g: value, b: value };
        await sharp({ create: { width: 1, height: 1, channels: 3, background } }).png()
          .toFile(path);
        assertEquals((await decodePicture(path)).data, new Uint8Array([value, value, value]));
      }
    } finally {
      await Deno.remove(path);
    }
  });

  it("turns the picture as the camera noted", async () => {
    // Orientation 6: the camera was held so that the left edge of the file is the top.
    const turned = await sharp(redBlue, rgb).withMetadata({ orientation: 6 }).png().toBuffer();
    assertEquals(await decodePicture(turned), { data: redBlue, width: 1, height: 2, channels: 3 });
  });

  it("brings grey to three equal channels, and colour to one", async () => {
    const grey = await sharp(new Uint8Array([7, 200]), {
      raw: { width: 2, height: 1, channels: 1 },
    }).toColourspace("b-w").png().toBuffer();
    assertEquals((await decodePicture(grey)).data, new Uint8Array([7, 7, 7, 200, 200, 200]));
    assertEquals(await decodePicture(grey, { channels: 1 }), {
      data: new Uint8Array([7, 200]),
      width: 2,
      height: 1,
      channels: 1,
    });
    const colour = await sharp(redBlue, rgb).png().toBuffer();
    const { channels, data } = await decodePicture(colour, { channels: 1 });
    assertEquals([channels, data.length], [1, 2]);
    assert(data[0]! > data[1]!, "red is lighter than blue");
  });

  it("lays transparency over white", async () => {
    const raw = { width: 2, height: 1, channels: 4 as const };
    const png = await sharp(new Uint8Array([9, 9, 9, 0, 0, 0, 0, 51]), { raw }).png().toBuffer();
    // 51 / 255 is a fifth of black, four fifths of white.
    assertEquals((await decodePicture(png)).data, new Uint8Array([255, 255, 255, 204, 204, 204]));
  });

  it("brings 16 bits to 8", async () => {
    const deep = await sharp(new Uint16Array([0, 257, 65535, 25700, 51400, 257 * 99]), rgb)
      .toColourspace("rgb16").png().toBuffer();
    assertEquals((await sharp(deep).metadata()).depth, "ushort");
    assertEquals((await decodePicture(deep)).data, new Uint8Array([0, 1, 255, 100, 200, 99]));
  });

  it("keeps 16 bits when asked to, and widens 8", async () => {
    const words = new Uint16Array([0, 1, 65535, 25700, 51401, 12345]);
    const deep = await sharp(words, rgb).toColourspace("rgb16").png().toBuffer();
    for (const depth of [16, "stored"] as const) {
      assertEquals((await decodePicture(deep, { depth })).data, words);
    }
    const png = await sharp(redBlue, rgb).png().toBuffer();
    assertEquals(
      (await decodePicture(png, { depth: 16 })).data,
      new Uint16Array([65535, 0, 0, 0, 0, 65535]),
    );
    assertEquals((await decodePicture(png, { depth: "stored" })).data, redBlue);
  });

  it("keeps 16 bits of grey, as grey and as three equal channels, from PNG and TIFF", async () => {
    const words = new Uint16Array([9001, 45977]);
    const raw = { width: 2, height: 1, channels: 1 } as const;
    const pipeline = sharp(words, { raw }).toColourspace("grey16");
    const files = [pipeline.clone().png(), pipeline.tiff({ compression: "lzw" })];
    for (const bytes of await Promise.all(files.map((file) => file.toBuffer()))) {
      assertEquals((await decodePicture(bytes, { channels: 1, depth: 16 })).data, words);
      assertEquals(
        (await decodePicture(bytes, { depth: 16 })).data,
        new Uint16Array([9001, 9001, 9001, 45977, 45977, 45977]),
      );
    }
  });

  it("lays 16 bits of transparency over white", async () => {
    const raw = { width: 2, height: 1, channels: 4 as const };
    const words = new Uint16Array([9, 9, 9, 0, 0, 0, 0, 13107]);
    const png = await sharp(words, { raw }).toColourspace("rgb16").png().toBuffer();
    // 13107 / 65535 is a fifth of black.
    assertEquals(
      (await decodePicture(png, { depth: 16 })).data,
      new Uint16Array([65535, 65535, 65535, 52428, 52428, 52428]),
    );
  });

  it("takes other numbers of channels as they are", async () => {
    const raw = { width: 2, height: 1, channels: 4 as const };
    const data = new Uint8Array([9, 8, 7, 0, 6, 5, 4, 51]);
    const png = await sharp(data, { raw }).png().toBuffer();
    assertEquals((await decodePicture(png, { channels: 4 })).data, data);
    for (const channels of [2, 5, 7]) {
      const values = Array.from({ length: 2 * channels }, (_, i) => i * 4001);
      for (const bands of [Uint8Array.from(values), Uint16Array.from(values)]) {
        const picture = { data: bands, width: 2, height: 1, channels };
        const bytes = await encodePicture(picture, ".tif");
        assertEquals(await decodePicture(bytes, { channels, depth: "stored" }), picture);
      }
    }
  });

  it("brings CMYK to RGB", async () => {
    const white = { width: 8, height: 8, channels: 3 as const, background: "#fff" };
    const cmyk = await sharp({ create: white }).toColourspace("cmyk").jpeg().toBuffer();
    assertEquals((await sharp(cmyk).metadata()).space, "cmyk");
    const { channels, data } = await decodePicture(cmyk);
    assertEquals(channels, 3);
    assert(data.every((value) => value > 250), "white stays white");
  });

  it("takes the first frame of an animation", async () => {
    const solid = { width: 8, height: 8, channels: 3 } as const;
    const frames = await Promise.all(
      ["#f00", "#00f"].map((background) =>
        sharp({ create: { ...solid, background } }).png().toBuffer()
      ),
    );
    const gif = await sharp(frames, { join: { animated: true } }).gif().toBuffer();
    assertEquals((await sharp(gif).metadata()).pages, 2);
    const { data, width, height } = await decodePicture(gif);
    assertEquals([width, height], [8, 8]);
    assertEquals([...data.subarray(0, 3)], [255, 0, 0]);
  });
});

describe("decodePicture names the file and what is wrong:", () => {
  const refused = async (bytes: Uint8Array, expected: string): Promise<void> => {
    const error = await assertRejects(
      () => decodePicture(bytes, { name: "a/b.jpg" }),
      PairlabError,
      'Cannot read the picture "a/b.jpg": ',
    );
    assertStringIncludes(error.message, expected);
    assert(!error.message.includes("\n"), "one line");
  };
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

  it("an empty file", () => refused(new Uint8Array(), "it is empty (0 bytes)"));

  it("a text, a web page, a pointer file", async () => {
    await refused(utf8("hello"), 'it is not a picture, it begins with "hello"');
    await refused(utf8("<!DOCTYPE html><html></html>"), "<!DOCTYPE html>");
    await refused(new Uint8Array([0, 1, 2, 254]), "bytes 00 01 02 fe");
  });

  it("JPEG that is cut short anywhere", async () => {
    const jpeg = await noise();
    for (const length of [30, jpeg.length >> 1, jpeg.length - 2]) {
      await refused(jpeg.subarray(0, length), "it is cut short or damaged");
    }
  });

  it("JPEG with damaged contents", async () => {
    const jpeg = await noise();
    for (let i = 1500; i < 1600; i++) jpeg[i] = (i * i * 31) % 255;
    // Or "cut short or damaged", if another decoding took the words of libvips.
    await refused(jpeg, "damaged");
  });

  it("PNG that is cut short or damaged", async () => {
    const png = await sharp(await noise()).png().toBuffer();
    await refused(png.subarray(0, png.length - 20), "it is cut short or damaged");
    png[png.length - 30]! ^= 0xff;
    await refused(png, "damaged");
  });

  it("a drawing instead of a photograph", () =>
    refused(
      utf8('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'),
      "it is SVG. Use a JPEG",
    ));

  it("a picture that would fill the memory", async () => {
    const create = { width: 12000, height: 9000, channels: 3, background: "#fff" } as const;
    const bomb = await sharp({ create }).png().toBuffer();
    await refused(bomb, "it has 12000x9000 pixels. Use up to 100 million.");
  });

  it("channels that it has not", async () => {
    const png = await sharp(redBlue, rgb).png().toBuffer();
    const error = await assertRejects(() => decodePicture(png, { channels: 5 }), PairlabError);
    assertStringIncludes(
      error.message,
      "it has 3 channels, not 5. Use channels 1 or 3",
    );
  });

  it("many files that are cut short at once, each as such", async () => {
    const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i) % 251);
    const picture = { data, width: 64, height: 64, channels: 3 };
    const files = [await encodePicture(picture, ".png"), await encodePicture(picture, ".jpg")];
    const cut = Array.from({ length: 64 }, (_, i) => files[i % 2]!.subarray(0, -200));
    await Promise.all(cut.map(async (bytes) => {
      const { message } = await assertRejects(() => decodePicture(bytes), PairlabError);
      assertStringIncludes(message, `it is cut short or damaged after ${bytes.length} bytes.`);
    }));
  });

  it("a path without a file, and a folder", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const missing = join(folder, "missing.jpg");
      const error = await assertRejects(() => decodePicture(missing), PairlabError);
      assertEquals(
        error.message,
        `Cannot read the picture "${missing}": the file does not exist. Use a JPEG, PNG, WebP, AVIF, GIF or TIFF file.`,
      );
      await assertRejects(() => decodePicture(folder), PairlabError, folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
