import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { DataSource } from "../../../core/plugin.ts";
import { gaussianBlur } from "../../../plugins/degrade/gaussian_blur.ts";
import { cached } from "../../../plugins/data/cached.ts";
import { concatenate } from "../../../plugins/data/concatenate.ts";
import { degraded } from "../../../plugins/data/degraded.ts";
import { folderPairs } from "../../../plugins/data/folder_pairs.ts";
import { repeat } from "../../../plugins/data/repeat.ts";
import { subset } from "../../../plugins/data/subset.ts";
import { inFolder, png } from "./files.ts";

const files = Object.fromEntries(
  ["input/a.png", "input/b.png", "output/a.png", "output/b.png"].map((path) => [path, png(7)]),
);

describe("the levels of the inputs", () => {
  it("are part of the opened data, as predictions need them, whatever wraps their source", () =>
    inFolder(files, async (root) => {
      const source = folderPairs({ root, levels: { input: [0, 31], target: [0, 255] } });
      const sources: DataSource[] = [
        source,
        cached(source),
        repeat(source, 2),
        subset(source, { train: 1 }),
        degraded({ source, degrade: [gaussianBlur()] }),
        concatenate(source, source),
      ];
      for (const each of sources) assertEquals((await each.open()).levels, [0, 31]);
      const sharp = degraded({
        source: `${root}/input`,
        degrade: [gaussianBlur()],
        levels: [0, 9],
      });
      assertEquals((await sharp.open()).levels, [0, 9]);
    }));

  it("are left out where none are given, or those of several sources differ", () =>
    inFolder(files, async (root) => {
      const usual = folderPairs({ root });
      const other = folderPairs({ root, levels: { input: [0, 31] } });
      for (const source of [usual, concatenate(usual, other), concatenate(other, usual)]) {
        assertEquals("levels" in await source.open(), false);
      }
    }));
});
