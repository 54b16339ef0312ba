import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodePicture, type Picture } from "../../../core/plugin.ts";
import { readPictures, RequestError } from "../../../core/serve/requests.ts";
import samples from "../pictures/fixtures/samples.json" with { type: "json" };

describe("a request's picture in floats", () => {
  const { file } = samples.find(({ type, channels }) => type === "float32" && channels === 3)!;
  const bytes = Uint8Array.fromBase64(file);
  const limits = { bytes: 1e6, pixels: 1e6, instances: 1 };
  const fit = (picture: Picture): Promise<Picture> => Promise.resolve(picture);

  it("is read by the levels that the generator was trained with", async () => {
    const levels = [0, 1] as const;
    const expected = await decodePicture(bytes, { levels });
    const taken = { channels: 3, levels, fit };
    for (
      const [body, type] of [
        [bytes, "image/tiff"],
        [
          new TextEncoder().encode(JSON.stringify({ instances: [{ b64: file }] })),
          "application/json",
        ],
      ] as const
    ) {
      assertEquals((await readPictures(body, type, taken, limits)).pictures, [expected]);
    }
  });

  it("is rejected if it was trained with none", () =>
    assertRejects(
      () => readPictures(bytes, "image/tiff", { channels: 3, fit }, limits),
      RequestError,
      "its samples are 32-bit floats",
    ).then(() => {}));
});
