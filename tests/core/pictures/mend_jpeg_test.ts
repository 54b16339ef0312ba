import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import sharp from "sharp";
import { decodePicture } from "../../../core/pictures/decode.ts";
import { mendJpeg } from "../../../core/pictures/mend_jpeg.ts";
import { randomStream } from "../../../core/random/stream.ts";

/** A photograph-like picture of soft shapes, so that JPEG keeps it well. */
const raw = { width: 96, height: 80, channels: 3 as const };
const pixels = Uint8Array.from({ length: 96 * 80 * 3 }, (_, i) => {
  const x = Math.floor(i / 3) % 96, y = Math.floor(i / 288);
  return 128 + 70 * Math.sin(x / 7 + i % 3) + 50 * Math.cos(y / 5 + x / 11);
});
const encode = async (options: { progressive?: boolean; quality?: number }): Promise<Uint8Array> =>
  new Uint8Array(await sharp(pixels, { raw }).jpeg({ quality: 90, ...options }).toBuffer());

const indexOf = (bytes: Uint8Array, marker: number): number =>
  bytes.findIndex((value, i) => value === 0xff && bytes[i + 1] === marker);

const insert = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array =>
  Uint8Array.of(...bytes.subarray(0, at), ...values, ...bytes.subarray(at));

describe("decodePicture reads, with not a level changed,", () => {
  const readsAs = async (whole: Uint8Array, changed: Uint8Array): Promise<void> => {
    assertEquals(await decodePicture(changed), await decodePicture(whole));
  };

  it("a JPEG whose scan header selects no spectrum", async () => {
    const jpeg = await encode({});
    const changed = jpeg.slice(), scan = indexOf(jpeg, 0xda);
    changed[scan + 5 + 2 * jpeg[scan + 4]! + 1] = 0;
    await readsAs(jpeg, changed);
    await assertRejects(() => sharp(changed, { failOn: "warning" }).raw().toBuffer());
  });

  for (
    const [name, marker] of [["quantization", 0xdb], ["Huffman", 0xc4], ["scan", 0xda]] as const
  ) {
    it(`a JPEG with bytes before a ${name} segment`, async () => {
      const jpeg = await encode({});
      await readsAs(jpeg, insert(jpeg, indexOf(jpeg, marker), 1, 2, 0, 255, 0, 77));
    });
  }

  it("a progressive JPEG with zeros behind its last scan", async () => {
    const jpeg = await encode({ progressive: true });
    await readsAs(jpeg, insert(jpeg, jpeg.length - 2, 0, 0, 0, 0, 0));
  });

  it("a JPEG of another revision of JFIF", async () => {
    const jpeg = await encode({});
    const changed = insert(
      jpeg,
      2,
      ...[0xff, 0xe0, 0, 16, ...new TextEncoder().encode("JFIF\0"), 2, 1, 0, 0, 1, 0, 1, 0, 0],
    );
    await readsAs(jpeg, changed);
  });
});

describe("mendJpeg", () => {
  it("leaves a whole JPEG alone, and what is no JPEG", async () => {
    assertEquals(mendJpeg(await encode({})), []);
    assertEquals(mendJpeg(await encode({ progressive: true })), []);
    assertEquals(mendJpeg(new TextEncoder().encode("hello")), []);
  });

  it("lets nothing through that is cut or has bits flipped", async () => {
    const files = await Promise.all([
      encode({}),
      encode({ progressive: true }),
      encode({ quality: 50 }),
    ]);
    const random = randomStream(23, "damage");
    let rejected = 0;
    for (let i = 0; i < 200; i++) {
      const file = files[i % 3]!.slice();
      const at = random.integer(file.length);
      if (i % 2 === 0) file[at]! ^= 1 << random.integer(8);
      const damaged = i % 2 === 0 ? file : file.subarray(0, at);
      const strict = await sharp(damaged, { failOn: "warning" }).raw().toBuffer().then(
        () => true,
        () => false,
      );
      const read = await decodePicture(damaged).then(() => true, () => false);
      if (!read) rejected++;
      // A header's slip that means nothing may be read; then not a level has changed.
      if (read && !strict) {
        assertEquals(await decodePicture(damaged), await decodePicture(files[i % 3]!));
      }
      assert(read || !strict || i % 2 === 1, "nothing is rejected that was read before");
    }
    assert(rejected > 120, `${rejected} of 200`);
  });
});
