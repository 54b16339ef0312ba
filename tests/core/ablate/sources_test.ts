import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { join } from "@std/path";
import { checkSources, readSources } from "../../../core/ablate/sources.ts";
import { changedSources } from "../../../core/experiment/imported_sources.ts";
import { slug } from "../../../core/ablate/variant_modules.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { ROOT } from "../../../core/base/module_graph.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { recordOf } from "./records.ts";

const MATRIX = fileURLToPath(new URL("./tiny_matrix.ts", import.meta.url));

describe("the sources of a sweep", () => {
  it("are all that a cell runs, and nothing else", async () => {
    const { modules, source } = await readSources(MATRIX);
    const names = modules.map(({ module }) => module);
    const run = [
      ...["core/train/step.ts", "core/backends/cpu/backend.ts", "core/ablate/cell.ts"],
      ...["plugins/losses/l1.ts", "tests/core/train/tiny.ts", "tests/core/ablate/tiny_matrix.ts"],
      ...["deno.json", "deno.lock"],
    ];
    assertEquals(run.filter((name) => !names.includes(name)), []);
    const others = [
      ...["experiments/quickstart.ts", "core/commands/predict.ts", "core/ablate/table.ts"],
      "plugins/data/folder_pairs.ts",
    ];
    assertEquals(others.filter((name) => names.includes(name)), []);
    assertEquals(source, await Deno.readTextFile(MATRIX));
  });

  it("hash to another number exactly when one of them changed", () =>
    inTemporaryFolder(async (folder) => {
      const matrix = join(folder, "own #1 100%?.ts"), loss = join(folder, "loss.ts");
      // An absolute import, as an experiment may have it.
      const nearest = JSON.stringify(join(ROOT, "core", "base", "nearest.ts"));
      await Deno.writeTextFile(matrix, `import "./loss.ts";\nimport ${nearest};\n`);
      await Deno.writeTextFile(loss, "export const weight = 3;\n");
      const sources = await readSources(matrix);
      const record = recordOf({ sources });
      assertEquals((await readSources(matrix)).sha256, sources.sha256);
      await checkSources(folder, record);

      await Deno.writeTextFile(loss, "export const weight = 4;\n");
      const changed = await readSources(matrix);
      assertNotEquals(changed.sha256, sources.sha256);
      const [module] = changedSources(sources.modules, changed.modules);
      assert(module?.endsWith("/loss.ts"), module);
      await assertRejects(() => checkSources(folder, record), PairlabError, `"${module}" changed`);

      await Deno.remove(loss);
      await assertRejects(() => checkSources(folder, record), PairlabError, "--allow-changes");
      await assertRejects(() => readSources(matrix), PairlabError, "loss.ts");
    }));
});

describe("file names of variants", () => {
  it("are words of their names", () => {
    assertEquals(slug("L1+cGAN"), "l1_cgan");
    assertEquals(slug("Encoder-decoder (L1)"), "encoder_decoder_l1");
    assertEquals(slug("±"), "unnamed");
    assertEquals(slug("My losses.v2"), "my_losses_v2");
    assertNotEquals(slug("L1"), slug("L2"));
  });
});
