import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { basename, join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { prepareDegraded, RECORDS } from "../../../../core/dataset/prepare/degrade.ts";
import {
  combinePairs,
  partPairs,
  shrinkPictures,
} from "../../../../core/dataset/prepare/rearrange.ts";
import { PairlabError } from "../../../../core/base/errors.ts";
import { decodePicture } from "../../../../core/pictures/decode.ts";
import { resizePicture } from "../../../../core/pictures/resize.ts";
import type { Degradation } from "../../../../core/plugin.ts";
import { folderPairs } from "../../../../plugins/data/folder_pairs.ts";
import { manifest } from "../../../../plugins/data/manifest.ts";
import { sideBySide } from "../../../../plugins/data/side_by_side.ts";
import { inTemporaryFolder } from "../../../temporary_folder.ts";
import { blurred, pairs, scene, writeAll } from "../scenes.ts";

/** Darkens by what it draws, and counts. */
function darken(): Degradation & { count: number } {
  const degradation = {
    name: "darken",
    count: 0,
    apply: (
      picture: Parameters<Degradation["apply"]>[0],
      random: { integer(n: number): number },
    ) => {
      degradation.count++;
      const by = random.integer(60);
      return {
        picture: { ...picture, data: picture.data.map((value) => Math.max(0, value - by)) },
        parameters: { by },
      };
    },
  };
  return degradation;
}

/** All files below a folder, `/` between names. */
async function filesIn(folder: string, prefix = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) files.push(...await filesIn(join(folder, name), `${prefix}${name}/`));
    else files.push(prefix + name);
  }
  return files.sort();
}

const described = ["darken"];

describe("preparing pairs of pictures", () => {
  it("writes the spoilt beside the sharp, and what was drawn", () =>
    inTemporaryFolder(async (root) => {
      const source = join(root, "sharp"), out = join(root, "out");
      await writeAll(source, { "a.png": scene(1), "b.jpg": scene(2) });
      const outcome = await prepareDegraded(source, out, { degrade: [darken()], described });
      assertEquals(outcome, { made: 2, kept: 0 });
      assertEquals(await filesIn(out), [
        "input/a.png",
        "input/b.png",
        "output/a.png",
        "output/b.jpg",
        RECORDS,
        "prepared.json",
      ]);
      // The sharp one is the very file.
      assertEquals(
        await Deno.readFile(join(out, "output", "b.jpg")),
        await Deno.readFile(join(source, "b.jpg")),
      );
      // The records are a manifest, and say what was drawn.
      const { train } = await manifest({ file: join(out, RECORDS) }).open();
      const { name, input, target } = await train.load(0);
      const lines = (await Deno.readTextFile(join(out, RECORDS))).trim().split("\n");
      const line = lines.map((text) => JSON.parse(text)).find((each) => each.input === name);
      const [{ name: kind, parameters }] = line.degradations;
      assertEquals(kind, "darken");
      assertEquals(input.data[0], Math.max(0, target.data[0]! - parameters.by));
      assertEquals((await folderPairs({ root: out }).open()).train.names.length, 1);
    }));

  it("goes on where it was interrupted, with the same draws, and overwrites nothing", () =>
    inTemporaryFolder(async (root) => {
      const source = join(root, "sharp");
      await writeAll(source, { "a.png": scene(1), "b.png": scene(2), "c.png": scene(3) });
      const [one, other] = [join(root, "one"), join(root, "other")];
      await prepareDegraded(source, one, { degrade: [darken()], described });
      await prepareDegraded(source, other, { degrade: [darken()], described });
      // Killed while it wrote b: a file lacks, half a line is there, and what was being written.
      await Deno.remove(join(other, "input", "b.png"));
      await Deno.writeTextFile(join(other, "input", ".b.png.part-0123abcd"), "x");
      await Deno.writeTextFile(join(other, RECORDS), '{"name":"c.p', { append: true });
      const marked = join(other, "output", "a.png");
      await Deno.writeTextFile(marked, "somebody's own");
      const degradation = darken();
      const outcome = await prepareDegraded(source, other, { degrade: [degradation], described });
      assertEquals([outcome, degradation.count], [{ made: 1, kept: 2 }, 1]);
      assertEquals(await filesIn(other), await filesIn(one));
      assertEquals(
        await Deno.readFile(join(other, "input", "b.png")),
        await Deno.readFile(join(one, "input", "b.png")),
      );
      assertEquals(await Deno.readTextFile(marked), "somebody's own");
      const sorted = async (folder: string): Promise<string[]> =>
        (await Deno.readTextFile(join(folder, RECORDS))).split("\n").sort();
      assertEquals(await sorted(other), await sorted(one));
    }));

  it("draws by the seed and the name, whatever else there is", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(join(root, "few"), { "a.png": scene(1) });
      await writeAll(join(root, "many"), { "0.png": scene(3), "a.png": scene(1) });
      const prepared = async (source: string, seed: number): Promise<Uint8Array> => {
        const out = join(root, `${source} ${seed}`);
        await prepareDegraded(join(root, source), out, { degrade: [darken()], described, seed });
        return await Deno.readFile(join(out, "input", "a.png"));
      };
      const first = await prepared("few", 1);
      assertEquals(await prepared("many", 1), first);
      assertNotEquals(await prepared("few", 2), first);
    }));

  it("brings pictures to a size before, and keeps splits apart", () =>
    inTemporaryFolder(async (root) => {
      const source = join(root, "sharp"), out = join(root, "out");
      await writeAll(source, { "train/a.png": scene(1), "test/a.png": scene(2) });
      const options = { degrade: [darken()], described, size: 40, format: "jpg" } as const;
      await prepareDegraded(source, out, options);
      assertEquals((await filesIn(out)).filter((file) => file.endsWith(".jpg")), [
        "test/input/a.jpg",
        "test/output/a.jpg",
        "train/input/a.jpg",
        "train/output/a.jpg",
      ]);
      const { width, height } = await decodePicture(join(out, "test", "output", "a.jpg"));
      assertEquals([width, height], [40, 40]);
    }));

  it("refuses a folder that holds something else", () =>
    inTemporaryFolder(async (root) => {
      const source = join(root, "sharp"), out = join(root, "out");
      await writeAll(source, { "a.png": scene(1) });
      await prepareDegraded(source, out, { degrade: [darken()], described });
      await assertRejects(
        () => prepareDegraded(source, out, { degrade: [darken()], described, seed: 24 }),
        PairlabError,
        "it was filled by other settings (see prepared.json)",
      );
      await assertRejects(
        () => prepareDegraded(source, source, { degrade: [darken()], described }),
        PairlabError,
        'it holds "a.png". Use an empty or new folder.',
      );
      await Deno.writeTextFile(join(source, "b.png"), "<html>");
      await assertRejects(
        () => prepareDegraded(source, join(root, "new"), { degrade: [darken()], described }),
        PairlabError,
        "it is not a picture",
      );
    }));
});

describe("combining and cutting apart", () => {
  it("are each other's inverse, and what sideBySide reads", () =>
    inTemporaryFolder(async (root) => {
      const [folders, combined, apart] = ["folders", "combined", "apart"].map((name) =>
        join(root, name)
      ) as [string, string, string];
      await writeAll(folders, { ...pairs(2, "train"), ...pairs(1, "test") });
      assertEquals(await combinePairs(folders, combined), { made: 3, kept: 0 });
      assertEquals(await combinePairs(folders, combined), { made: 0, kept: 3 });
      const { train, test } = await sideBySide({ root: combined }).open();
      assertEquals([train.names, test.names], [
        ["train/00.png", "train/01.png"],
        ["test/00.png"],
      ]);
      const { input, target } = await train.load(1);
      assertEquals([input, target], [blurred(scene(1)), scene(1)]);

      await partPairs(combined, apart, { direction: "BtoA" });
      const parted = await folderPairs({ root: apart }).open();
      assertEquals(parted.train.names, train.names);
      const exchanged = await parted.train.load(1);
      assertEquals([exchanged.input, exchanged.target], [target, input]);
    }));

  it("refuse pairs that do not fit, odd widths, and layouts that are others", () =>
    inTemporaryFolder(async (root) => {
      const small = await resizePicture(scene(1), { width: 47, height: 30 }, "cubic");
      await writeAll(root, { "input/a.png": small, "output/a.png": scene(1), "odd/a.png": small });
      const out = join(root, "out");
      await assertRejects(
        () => combinePairs(root, out),
        PairlabError,
        'Cannot combine the pair "a.png": its input is 47x30 and its target 96x96',
      );
      await assertRejects(
        () => partPairs(join(root, "odd"), join(root, "out2")),
        PairlabError,
        "it is 47 pixels wide. Use an even width.",
      );
      await assertRejects(
        () => combinePairs(join(root, "odd"), out),
        PairlabError,
        'its layout is "pictures". Use "folders" or "manifest".',
      );
    }));
});

describe("downscaling", () => {
  it("shrinks what is larger, keeps what is not, byte for byte, and the layout", () =>
    inTemporaryFolder(async (root) => {
      const wide = await resizePicture(scene(1), { width: 91, height: 60 }, "cubic");
      const tiny = await resizePicture(scene(2), { width: 30, height: 31 }, "cubic");
      const source = join(root, "source"), out = join(root, "out");
      await writeAll(source, {
        "input/a.png": wide,
        "output/a.jpg": wide,
        "input/b.png": tiny,
        "output/b.png": tiny,
      });
      assertEquals(await shrinkPictures(source, out, { size: 30 }), { made: 4, kept: 0 });
      const sizes = await Promise.all(
        ["input/a.png", "output/a.jpg", "input/b.png"].map(async (path) => {
          const { width, height } = await decodePicture(join(out, path));
          return `${basename(path)} ${width}x${height}`;
        }),
      );
      // 91 * 30 / 60 = 45.5
      assertEquals(sizes, ["a.png 46x30", "a.jpg 46x30", "b.png 30x31"]);
      assertEquals(
        await Deno.readFile(join(out, "input", "b.png")),
        await Deno.readFile(join(source, "input", "b.png")),
      );
      assert((await filesIn(out)).includes("prepared.json"));
    }));
});

describe("preparing never replaces what Pairlab did not write:", () => {
  it("a list of pairs with an unfinished line stays as it is", () =>
    inTemporaryFolder(async (root) => {
      const source = join(root, "sharp"), out = join(root, "out");
      await writeAll(source, { "a.png": scene(1) });
      await Deno.mkdir(out);
      await Deno.writeTextFile(join(out, RECORDS), '{"name": "mine"}\n{"name": "half');
      await assertRejects(
        () => prepareDegraded(source, out, { degrade: [darken()], described }),
        PairlabError,
        `it holds "${RECORDS}"`,
      );
      assertEquals(
        await Deno.readTextFile(join(out, RECORDS)),
        '{"name": "mine"}\n{"name": "half',
      );
    }));

  it("two pictures whose names would be the same are rejected", () =>
    inTemporaryFolder(async (root) => {
      const set = join(root, "set");
      await writeAll(set, { "a/x.png": scene(1), "a_x.png": scene(2), "t.png": scene(3) });
      const list = join(set, "list.csv");
      await Deno.writeTextFile(list, "input,target\na/x.png,t.png\na_x.png,t.png\n");
      await assertRejects(
        () => combinePairs(list, join(root, "out")),
        PairlabError,
        'Cannot write two pictures to "a_x.png"',
      );
    }));
});
