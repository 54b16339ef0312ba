import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { asArgument } from "../../../core/base/shell_argument.ts";
import { run } from "./process.ts";

describe("a path as an argument", () => {
  it("is quoted where a shell would take it apart", () => {
    assertEquals(asArgument("runs/flowers-2026"), "runs/flowers-2026");
    assertEquals(asArgument("C:\\runs\\blüten", "windows"), "C:\\runs\\blüten");
    assertEquals(asArgument("C:\\my runs\\a", "windows"), '"C:\\my runs\\a"');
    assertEquals(asArgument("it's (1)", "linux"), `'it'\\''s (1)'`);
  });

  it("runs nothing of itself in a shell", async () => {
    const names = [
      "$(echo ran)",
      "`echo ran`",
      "a'$(echo ran)'b",
      'a"$(echo ran)"b',
      "a\\b c",
      "~",
      "*",
    ];
    for (const name of names) {
      const args = ["-c", `printf %s ${asArgument(name, "linux")}`];
      const { stdout } = await new Deno.Command("sh", { args }).output();
      assertEquals(new TextDecoder().decode(stdout), name);
    }
  });
});

describe("deno task list", () => {
  it("describes experiments by a whole sentence, neither to its colon nor to an et al.", async () => {
    const { code, output } = await run("list");
    assertEquals(code, 0);
    assertStringIncludes(output, "on any engine: 64x64 flowers, narrow networks.\n");
    assertStringIncludes(output, "(Gulrajani et al. 2017), whose constants");
  });

  it("describes the launchers, each with its options", async () => {
    const { output } = await run("list");
    const [, launchers = ""] = output.split("\nLaunchers of deno task ablate");
    const names = [...launchers.matchAll(/^(\w+): /gm)].map(([, name]) => name);
    assertEquals(names, ["local", "slurm", "ssh", "kubernetes"]);
    assertStringIncludes(launchers, "local: Cells as processes of this machine.\nslurm: ");
    assertStringIncludes(launchers, "\n  hosts jobs cores setup flags program\n");
  });
});

describe("deno task dataset prepare degrade --help", () => {
  it("says by what it degrades unless told otherwise", async () => {
    const { output } = await run("dataset", "prepare", "degrade", "--help");
    assertStringIncludes(output.replace(/\s+/g, " "), "(default: gaussianBlur)");
  });
});

describe("deno task predict --help", () => {
  it("says in which mode it predicts unless told otherwise", async () => {
    const { output } = await run("predict", "--help");
    assertStringIncludes(output.replace(/\s+/g, " "), "(default: paper, with --tiled running)");
  });
});
