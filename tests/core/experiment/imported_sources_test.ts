import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { pathToFileURL } from "node:url";
import { PairlabError } from "../../../core/base/errors.ts";
import { importedSources } from "../../../core/experiment/imported_sources.ts";
import { ROOT } from "../../../core/base/module_graph.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

async function sourcesOf(path: string): Promise<[module: string, source: string][]> {
  const source = await Deno.readTextFile(path);
  const imported = await importedSources({ url: pathToFileURL(path), source });
  return imported.map(({ module, source }) => [module, source]);
}

describe("the sources that an experiment imports", () => {
  it("are none of Pairlab's own", async () => {
    assertEquals(await sourcesOf(join(ROOT, "experiments", "flowers_deblur.ts")), []);
  });

  it("are the experiment that it varies", async () => {
    const [[module, source] = ["", ""], ...others] = await sourcesOf(
      join(ROOT, "experiments", "flowers_resnet.ts"),
    );
    assertEquals([module, others], ["./flowers_deblur.ts", []]);
    assert(source.includes("patchGan"));
  });

  it("are all modules beside it, also those that these import", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.mkdir(join(folder, "mine"));
      const write = (name: string, text: string) => Deno.writeTextFile(join(folder, name), text);
      await write("mine/loss.ts", 'import "../weights.ts";\n');
      await write("weights.ts", "export {};\n");
      await write("experiment.ts", 'import "./mine/loss.ts";\n');
      const found = await sourcesOf(join(folder, "experiment.ts"));
      assertEquals(found, [
        ["./mine/loss.ts", 'import "../weights.ts";\n'],
        ["./weights.ts", "export {};\n"],
      ]);

      await Deno.remove(join(folder, "weights.ts"));
      await assertRejects(() => sourcesOf(join(folder, "experiment.ts")), PairlabError, "weights");
    }));
});
