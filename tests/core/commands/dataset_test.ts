import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { pairs, scene, writeAll } from "../dataset/scenes.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { run } from "./process.ts";

describe("deno task dataset", () => {
  it("check tells what is wrong, draws a sheet, and ends with 1 if something is", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(join(root, "set"), pairs(3));
      const sheet = join(root, "sheet.png");
      const good = await run("dataset", "check", join(root, "set"), `--sheet=${sheet}`, "--size=1");
      assertEquals(good.code, 0, good.output);
      assertStringIncludes(good.output, "Nothing is wrong with it");
      assertStringIncludes(good.output, `Contact sheet: ${sheet}`);
      assert((await Deno.stat(sheet)).size > 1000);
      const again = await run("dataset", "check", join(root, "set"), `--sheet=${sheet}`);
      assertEquals(again.code, 1);
      assertStringIncludes(again.output, "it exists. Use another name.");

      await Deno.remove(join(root, "set", "output", "01.png"));
      const bad = await run("dataset", "check", join(root, "set"), "--no-sheet", "--json");
      assertEquals(bad.code, 1);
      const report = JSON.parse(bad.output.slice(0, bad.output.lastIndexOf("}") + 1));
      assertEquals(report.findings[0].kind, "missing");
      assertEquals([report.pairs, report.sheet], [2, null]);
      assertStringIncludes(bad.output, "as it is: 1 problem, named above");
    }));

  it("prepare degrade spoils pictures by what is asked for", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(join(root, "sharp"), { "a.png": scene(1) });
      const out = join(root, "out");
      const by = ["--by=gaussianBlur:sigma=1..2", "--by=noise:deviation=5,colour=false"];
      const made = await run(
        "dataset",
        "prepare",
        "degrade",
        join(root, "sharp"),
        "--out",
        out,
        ...by,
      );
      assertEquals([made.code, made.output], [0, `1 made in "${out}"\n`]);
      const line = JSON.parse(await Deno.readTextFile(join(out, "pairs.jsonl")));
      assertEquals(line.degradations[1], { name: "noise", parameters: { deviation: 5 } });
      for (
        const [wrong, answer] of [
          ["gausianBlur", 'Did you mean "gaussianBlur"?'],
          ["gaussianBlur:sima=3", "Use sigma=…."],
          ["gaussianBlur:sigma=-1", "sigma of -1"],
          ["none.ts", 'Cannot degrade by "none.ts"'],
        ] as const
      ) {
        const refused = await run(
          "dataset",
          ...["prepare", "degrade", join(root, "sharp"), "--out", join(root, "x"), `--by=${wrong}`],
        );
        assertEquals(refused.code, 1);
        assertStringIncludes(refused.output, answer);
        assert(!refused.output.includes(" at "), "no trace of the stack");
      }
    }));

  it("refuses what it does not know, with what it does", async () => {
    const none = await run("dataset");
    assertEquals(none.code, 1);
    assertStringIncludes(none.output, "check [options] [path]");
    const unknown = await run("dataset", "chek");
    assertEquals(unknown.code, 1);
    assertStringIncludes(unknown.output, "Did you mean check?");
    const missing = await run("dataset", "split", "dataset");
    assertEquals(missing.code, 1);
    assertStringIncludes(missing.output, "--out <place>");
  });
});
