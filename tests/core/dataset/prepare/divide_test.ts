import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { divideIntoFolders, divideIntoManifest } from "../../../../core/dataset/prepare/divide.ts";
import { writeSource } from "../../../../core/dataset/prepare/write_source.ts";
import { PairlabError } from "../../../../core/base/errors.ts";
import { folderPairs } from "../../../../plugins/data/folder_pairs.ts";
import { manifest } from "../../../../plugins/data/manifest.ts";
import { inTemporaryFolder } from "../../../temporary_folder.ts";
import { plain } from "../../../plugins/data/plain.ts";
import { pairs, scene, writeAll } from "../scenes.ts";

describe("splitting", () => {
  it("into folders copies each pair into one, as folderPairs would split them", () =>
    inTemporaryFolder(async (root) => {
      const source = join(root, "source"), out = join(root, "out");
      await writeAll(source, pairs(10));
      assertEquals(await divideIntoFolders(source, out), { made: 20, kept: 0 });
      assertEquals(await divideIntoFolders(source, out), { made: 0, kept: 20 });
      const before = await folderPairs({ root: source }).open();
      const after = await folderPairs({ root: out }).open();
      const names = (list: readonly string[]): string[] =>
        list.map((name) => name.replace(/^\w+\//, "")).sort();
      assertEquals(names(after.train.names), names(before.train.names));
      assertEquals(names(after.test.names), names(before.test.names));
    }));

  it("into a manifest copies nothing, and is what manifest reads", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(root, pairs(9));
      await writeAll(root, { 'input/a, "b".png': scene(9), 'output/a, "b".png': scene(9) });
      const file = join(root, "split.csv");
      assertEquals(await divideIntoManifest(root, file, { val: 0.2, test: 0.3 }), 10);
      const { train, test } = await manifest({ file }).open();
      assertEquals([train.names.length, test.names.length], [5, 3]);
      assert((await Deno.readTextFile(file)).includes('"input/a, ""b"".png"'));
      // A list can be split again, once it is not.
      const listed = await assertRejects(
        () => divideIntoManifest(file, join(root, "again.csv")),
        PairlabError,
      );
      assert(listed.message.includes("it is split already"), listed.message);
    }));

  it("gives each split at least one pair, and refuses shares that leave none", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(root, pairs(3));
      const file = (name: string): string => join(root, `${name}.csv`);
      await divideIntoManifest(root, file("thirds"), { val: 0.1, test: 0.1 });
      const splits = (await Deno.readTextFile(file("thirds"))).trim().split("\n").slice(1)
        .map((line) => line.split(",").at(-1));
      assertEquals(splits, ["train", "val", "test"]);
      for (const shares of [{ test: 0 }, { test: 1 }, { val: 0.5, test: 0.5 }, { val: -0.1 }]) {
        await assertRejects(
          () => divideIntoManifest(root, file("x"), shares),
          PairlabError,
          "Cannot split off",
        );
      }
      await assertRejects(
        () => divideIntoManifest(root, file("x"), { val: 0.45, test: 0.5 }),
        PairlabError,
        "nothing would be left to train on",
      );
    }));

  it("refuses a manifest elsewhere or over another, and copies of a list", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(join(root, "set"), pairs(2));
      const file = join(root, "set", "list.csv");
      await assertRejects(
        () => divideIntoManifest(join(root, "set"), join(root, "list.csv"), {}),
        PairlabError,
        "its paths start from its folder",
      );
      await Deno.writeTextFile(file, "input,target\ninput/00.png,output/00.png");
      await assertRejects(
        () => divideIntoManifest(join(root, "set"), file),
        PairlabError,
        "it exists. Use another name.",
      );
      await assertRejects(
        () => divideIntoFolders(file, join(root, "out")),
        PairlabError,
        "Use a name ending in .csv as --out",
      );
    }));
});

describe("writing a data source", () => {
  it("writes every pair once, and goes on", () =>
    inTemporaryFolder(async (root) => {
      const source = plain("a", { train: 3, test: 2 });
      const options = { recipe: { synthesize: "plain" } };
      await Deno.writeTextFile(join(root, "README.md"), "Your pictures");
      assertEquals(await writeSource(source, root, options), { made: 5, kept: 0 });
      await Deno.remove(join(root, "input", "a4.png"));
      assertEquals(await writeSource(source, root, options), { made: 1, kept: 4 });
      const { train, test } = await folderPairs({ root }).open();
      assertEquals(
        [...train.names, ...test.names].sort(),
        ["a0", "a1", "a2", "a3", "a4"].map(
          (name) => `${name}.png`,
        ),
      );
      const index = train.names.indexOf("a3.png");
      assertEquals((await (index < 0 ? test.load(0) : train.load(index))).target.data[0], 6);
    }));
});
