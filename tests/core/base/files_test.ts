import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import {
  isTemporary,
  removeDurably,
  removeRemains,
  writeFolderDurably,
  writeTextDurably,
} from "../../../core/base/files.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const namesIn = (folder: string): string[] =>
  [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

describe("a durable file", () => {
  it("replaces the one before it and leaves nothing beside", () =>
    inTemporaryFolder(async (folder) => {
      await writeTextDurably(join(folder, "a.txt"), "first");
      await writeTextDurably(join(folder, "a.txt"), "second");
      assertEquals(await Deno.readTextFile(join(folder, "a.txt")), "second");
      assertEquals(namesIn(folder), ["a.txt"]);
    }));

  it("leaves nothing beside where a folder has its name", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.mkdir(join(folder, "a.txt"));
      await assertRejects(() => writeTextDurably(join(folder, "a.txt"), "first"));
      assertEquals(namesIn(folder), ["a.txt"]);
    }));
});

describe("a durable folder", () => {
  it("appears with all of its files", () =>
    inTemporaryFolder(async (folder) => {
      await writeFolderDurably(join(folder, "checkpoint"), async (beside) => {
        await Deno.writeTextFile(join(beside, "a"), "1");
        assertEquals(namesIn(folder).every(isTemporary), true);
        await Deno.writeTextFile(join(beside, "b"), "2");
      });
      assertEquals(namesIn(join(folder, "checkpoint")), ["a", "b"]);
    }));

  it("leaves the older one untouched and nothing beside when writing fails", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "checkpoint");
      await writeFolderDurably(path, (beside) => Deno.writeTextFile(join(beside, "old"), ""));
      await assertRejects(
        () =>
          writeFolderDurably(path, async (beside) => {
            await Deno.writeTextFile(join(beside, "new"), "");
            throw new Error("no space left");
          }),
        Error,
        "no space left",
      );
      assertEquals(namesIn(folder), ["checkpoint"]);
      assertEquals(namesIn(path), ["old"]);
    }));

  it("is removed as a whole, and what a dead process left of one is swept up", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "checkpoint");
      await writeFolderDurably(path, (beside) => Deno.writeTextFile(join(beside, "a"), ""));
      await Deno.mkdir(join(folder, ".other.part-0123abcd"));
      await removeDurably(path);
      assertEquals(namesIn(folder), [".other.part-0123abcd"]);
      await removeRemains(folder);
      assertEquals(namesIn(folder), []);
    }));
});
