import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { decodePicture, type Levels } from "../../../core/pictures/decode.ts";
import samples from "./fixtures/samples.json" with { type: "json" };

const bytesOf = (type: string, channels: number): Uint8Array =>
  Uint8Array.fromBase64(
    samples.find((each) => each.type === type && each.channels === channels)!.file,
  );

/** Black and white of the types that can be read. */
const SCALES: Readonly<Record<string, Levels>> = {
  float32: [0, 1],
  int8: [0, 100],
  int16: [-500, 29500],
  int32: [0, 2e9],
  uint32: [0, 4294967295],
  uint16: [0, 4095],
};

describe("levels", () => {
  for (const { type, channels, values } of samples.filter(({ type }) => type in SCALES)) {
    it(`bring ${type} of ${channels} channels to 8 and 16 bits`, async () => {
      const levels = SCALES[type]!, [black, white] = levels;
      const bytes = bytesOf(type, channels);
      for (const [depth, most] of [[8, 255], [16, 65535]] as const) {
        const { data } = await decodePicture(bytes, { channels, depth, levels });
        const expected = values.map((value) => (value - black) / (white - black) * most);
        for (const [i, value] of data.entries()) {
          assert(Math.abs(value - expected[i]!) <= 0.51, `${value}, not ${expected[i]}`);
        }
      }
    });
  }

  it("clip what lies beyond them", async () => {
    const { data } = await decodePicture(bytesOf("float32", 1), {
      channels: 1,
      levels: [0.4, 0.6],
    });
    assertEquals([...data], [0, 0, 0, 0, 125, 130, 255, 255]);
  });

  it("bring grey to colour", async () => {
    const { channels, data } = await decodePicture(bytesOf("float32", 1), { levels: [0, 1] });
    assertEquals(channels, 3);
    assertEquals([...data.subarray(0, 9)], [0, 0, 0, 1, 1, 1, 30, 30, 30]);
  });
});

describe("decodePicture rejects, by its kind,", () => {
  const rejected = (type: string, message: string, levels?: Levels): () => Promise<void> => () =>
    assertRejects(
      () => decodePicture(bytesOf(type, 1), { name: "a.tif", ...levels && { levels } }),
      PairlabError,
      message,
    ).then(() => {});

  it(
    "floats without levels, with what they may be",
    rejected(
      "float32",
      'Cannot read the picture "a.tif": its samples are 32-bit floats, here from 0 to 1. Give the ' +
        "data source `levels`, its values of black and white, e.g. [0, 1], or save the file with " +
        "8 or 16 unsigned bits a sample.",
    ),
  );
  it("signed samples", rejected("int16", "16-bit signed integers, here from -500 to 29500"));
  it("32-bit samples", rejected("uint32", "32-bit unsigned integers, here from 0 to 4295000000"));
  it("64-bit floats", rejected("float64", "its samples are 64-bit floats. Save", [0, 1]));
  it("16-bit floats", rejected("float16", "its samples are 16-bit floats. Save", [0, 1]));
  it("64-bit integers", rejected("uint64", "its samples are 64-bit unsigned integers. Save"));
  it("complex numbers", rejected("complex64", "its samples are 64-bit complex numbers. Save"));
  it("NaN", rejected("NaN", "1 of its 8 samples (32-bit floats) are NaN or infinite.", [0, 1]));

  it("five bands that are asked for as colours, and takes them as five", async () => {
    for (const { type, file, values } of samples.filter(({ channels }) => channels === 5)) {
      const bytes = Uint8Array.fromBase64(file);
      await assertRejects(
        () => decodePicture(bytes),
        PairlabError,
        "it has 5 channels, not 3. Use",
      );
      const { data } = await decodePicture(bytes, { channels: 5 });
      assertEquals([...data], values, type);
    }
  });
});
