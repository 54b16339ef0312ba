import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import sharp from "sharp";
import { animate } from "../../../plugins/callbacks/animate.ts";
import { samples } from "../../../plugins/callbacks/samples.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { trainIn } from "../../core/train/outcome.ts";

describe("animate", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("draws a frame for each epoch, and a contact sheet", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.mkdir(join(folder, "samples"));
      await trainIn(folder, {
        callbacks: [samples({ count: 1 }), animate({ side: 32 })],
        epochs: 3,
      });
      const { format, pages, delay } = await sharp(join(folder, "animation.webp")).metadata();
      assertEquals([format, pages, delay], ["webp", 3, [400, 400, 1600]]);
      assert((await Deno.stat(join(folder, "contact_sheet.jpg"))).size > 0);
    }));

  it("draws nothing where there are no samples", () =>
    inTemporaryFolder(async (folder) => {
      await trainIn(folder, { callbacks: [animate()], epochs: 1 });
      const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
      assert(!names.includes("animation.webp"), `${names}`);
    }));
});
