import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { type Layout, surveyDataset } from "../../../core/dataset/survey.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { cropPicture } from "../../../core/pictures/geometry.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { pairs, scene, writeAll } from "./scenes.ts";

/** Twice as wide as high. */
const double = cropPicture(scene(1), { left: 0, top: 0, width: 96, height: 48 });

async function layoutOf(path: string): Promise<Layout> {
  return (await surveyDataset(path)).layout;
}

describe("a survey", () => {
  it("sees how a data set is laid out", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(join(root, "folders"), pairs(2));
      await writeAll(join(root, "split"), { ...pairs(1, "train"), ...pairs(1, "val") });
      await writeAll(join(root, "wide"), { "a.png": double, "b.png": double, "c.png": scene(2) });
      await writeAll(join(root, "wide split"), { "train/a.png": double, "test/a.png": double });
      await writeAll(join(root, "single"), {
        "a.png": scene(1),
        "b.png": double,
        "c.png": scene(3),
      });
      await Deno.writeTextFile(join(root, "list.csv"), "input,target\nsingle/a.png,single/c.png");
      const found = await Promise.all(
        ["folders", "split", "wide", "wide split", "single", "list.csv"].map((name) =>
          layoutOf(join(root, name))
        ),
      );
      assertEquals(found, [
        "folders",
        "folders",
        "side-by-side",
        "side-by-side",
        "pictures",
        "manifest",
      ]);
    }));

  it("lists all pairs, in all of their splits, named after them", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(root, { ...pairs(1, "test"), ...pairs(1, "val"), ...pairs(2, "train") });
      const { pairs: found } = await surveyDataset(root);
      assertEquals(found.map(({ name, split }) => [name, split]), [
        ["train/00.png", "train"],
        ["train/01.png", "train"],
        ["val/00.png", "val"],
        ["test/00.png", "test"],
      ]);
      assertEquals(found[2]!.target.path, join(root, "val", "output", "00.png"));
    }));

  it("lists a folder validation as a training reads it", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(root, {
        ...pairs(1, "test"),
        ...pairs(1, "validation"),
        ...pairs(1, "train"),
      });
      const { pairs: found } = await surveyDataset(root);
      assertEquals(found.map(({ name, split }) => [name, split]), [
        ["train/00.png", "train"],
        ["validation/00.png", "val"],
        ["test/00.png", "test"],
      ]);
    }));

  it("takes other folders, the other half, and another layout when told to", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(root, { "A/x.png": scene(1), "B/x.png": scene(2) });
      const named = await surveyDataset(root, { input: "A", output: "B" });
      assertEquals(named.pairs.map(({ name }) => name), ["x.png"]);
      await writeAll(join(root, "wide"), { "a.png": double });
      const wide = join(root, "wide");
      const [pair] = (await surveyDataset(wide, { direction: "BtoA" })).pairs;
      assertEquals([pair!.input.half, pair!.target.half], ["right", "left"]);
      const single = await surveyDataset(wide, { layout: "pictures" });
      assertEquals(single.pairs[0]!.input, { path: join(wide, "a.png") });
    }));

  it("refuses a folder without pictures, and one of the two folders alone", () =>
    inTemporaryFolder(async (root) => {
      await assertRejects(() => surveyDataset(root), PairlabError, "no pictures in");
      await writeAll(root, { "input/a.png": scene(1) });
      await assertRejects(() => surveyDataset(root), PairlabError, "there is no folder");
    }));
});
