import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import fc from "fast-check";
import { followFile } from "../../../core/watch/tail.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const append = (path: string, text: string): Promise<void> =>
  Deno.writeTextFile(path, text, { append: true });

describe("a followed file", () => {
  it("gives whole lines once, and a torn one when its end is written", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "log");
      const tail = followFile(path);
      assertEquals(await tail.read(), { restarted: false, text: "", more: false });
      await append(path, "one\ntwo\nthr");
      assertEquals((await tail.read()).text, "one\ntwo\n");
      assertEquals((await tail.read()).text, "");
      await append(path, "ee\n");
      assertEquals(await tail.read(), { restarted: false, text: "three\n", more: false });
    }));

  it("begins anew when the file is cut and written otherwise, even if it is longer by then", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "log");
      const tail = followFile(path);
      await append(path, "one\ntwo\n");
      await tail.read();
      await Deno.writeTextFile(path, "one\nTWO\nthree\n");
      assertEquals(await tail.read(), { restarted: true, text: "one\nTWO\nthree\n", more: false });
      await Deno.writeTextFile(path, "one\n");
      assertEquals(await tail.read(), { restarted: true, text: "one\n", more: false });
    }));

  it("reads on in a copy that was put in its place, as a resumed run does", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "log");
      const tail = followFile(path);
      await append(path, "one\ntwo\n");
      await tail.read();
      await Deno.writeTextFile(`${path}2`, "one\ntwo\nthree\n");
      await Deno.rename(`${path}2`, path);
      assertEquals(await tail.read(), { restarted: false, text: "three\n", more: false });
    }));

  it("is empty again when the file is removed, and says so once", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "log");
      const tail = followFile(path);
      await append(path, "one\n");
      await tail.read();
      await Deno.remove(path);
      assertEquals((await tail.read()).restarted, true);
      assertEquals((await tail.read()).restarted, false);
      await append(path, "two\n");
      assertEquals((await tail.read()).text, "two\n");
    }));

  it("gives every text as it was, in however small chunks it is read or written", () =>
    inTemporaryFolder(async (folder) => {
      let number = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.string({ unit: fc.constantFrom("a", "é", "\n") }), { maxLength: 8 }),
          fc.integer({ min: 1, max: 5 }),
          async (pieces, chunk) => {
            const path = join(folder, `log${number++}`);
            const tail = followFile(path, { chunk });
            let read = "";
            for (const piece of [...pieces, "\n"]) {
              await append(path, piece);
              for (let more = true; more;) {
                const appended = await tail.read();
                read += appended.text;
                more = appended.more;
              }
            }
            assertEquals(read, `${pieces.join("")}\n`);
          },
        ),
        { numRuns: 60 },
      );
    }));
});
