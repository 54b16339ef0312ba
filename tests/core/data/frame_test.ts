import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { fitPicture } from "../../../core/data/frame.ts";
import { tinyShape } from "../train/tiny.ts";

describe("fitting a picture", () => {
  it("refuses one that has not as many levels as its size says", async () => {
    const narrowed = { ...tinyShape.input, width: 31, data: new Uint8Array(32 * 32 * 3) };
    await assertRejects(
      () => fitPicture(narrowed, tinyShape.input, { resize: "cubic" }),
      PairlabError,
      "31x32, 3 channels: its data has 3072 levels, not 2976",
    );
  });

  const grey = { data: new Uint8Array(16), height: 4, width: 4, channels: 1 };

  it("brings it to the networks' size", async () => {
    const fitted = await fitPicture(grey, { height: 8, width: 6, channels: 1 }, {
      resize: "nearest",
    });
    assertEquals([fitted.height, fitted.width, fitted.data.length], [8, 6, 48]);
  });

  it("keeps the aspect ratio where it is told to", async () => {
    const wide = { data: new Uint8Array([1, 2, 3, 4]), height: 1, width: 4, channels: 1 };
    const shape = { height: 2, width: 2, channels: 1 };
    const fitted = await fitPicture(wide, shape, { resize: "nearest", fit: "cover" });
    assertEquals(fitted.data, new Uint8Array([2, 3, 2, 3]));
  });

  it("leaves one of that size alone", async () => {
    assert(
      await fitPicture(grey, { height: 4, width: 4, channels: 1 }, { resize: "cubic" }) === grey,
    );
  });

  it("refuses one of other channels", async () => {
    await assertRejects(
      () => fitPicture(grey, tinyShape.input, { resize: "cubic" }),
      PairlabError,
      "3 channels",
    );
  });
});
