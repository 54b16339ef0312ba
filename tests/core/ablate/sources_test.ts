import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { join, relative, sep } from "@std/path";
import { copySources, hashSources, matrixName, slug } from "../../../core/ablate/sources.ts";
import { ROOT } from "../../../core/base/module_graph.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const MATRIX = fileURLToPath(new URL("./tiny_matrix.ts", import.meta.url));

describe("the sources of a sweep", () => {
  it("hash to another number exactly when something that a cell runs has changed", () =>
    inTemporaryFolder(async (folder) => {
      const { sha256, ...layout } = await copySources(MATRIX, folder);
      assertEquals(await hashSources(folder, layout), sha256);

      const changes = async (path: string, change: (text: string) => string): Promise<boolean> => {
        const file = join(folder, layout.root, ...path.split("/"));
        const text = await Deno.readTextFile(file);
        await Deno.writeTextFile(file, change(text));
        const changed = await hashSources(folder, layout) !== sha256;
        await Deno.writeTextFile(file, text);
        return changed;
      };
      const comment = (text: string): string => `${text}// Another line.\n`;
      const cells = [
        ...["core/train/step.ts", "core/backends/cpu/backend.ts", "core/ablate/cell.ts"],
        ...["plugins/losses/l1.ts", "tests/core/train/tiny.ts", "tests/core/ablate/tiny_matrix.ts"],
      ];
      for (const path of cells) assert(await changes(path, comment), path);
      const others = [
        ...["experiments/quickstart.ts", "core/commands/predict.ts", "core/ablate/table.ts"],
        "plugins/data/folder_pairs.ts",
      ];
      for (const path of others) assert(!await changes(path, comment), path);
      const settings = (change: (settings: Record<string, unknown>) => void) => (text: string) => {
        const parsed = JSON.parse(text);
        change(parsed);
        return JSON.stringify(parsed);
      };
      assert(await changes("deno.lock", (text) => `${text}\n`));
      assert(!await changes("deno.json", settings((parsed) => parsed["tasks"] = {})));
      assert(await changes("deno.json", settings((parsed) => parsed["version"] = "9.9.9")));
      assertEquals(await hashSources(folder, layout), sha256);
    }));

  it("are copied with a matrix from outside and all that it imports", () =>
    inTemporaryFolder(async (folder) => {
      const outside = await Deno.realPath(await Deno.makeTempDir({ dir: folder }));
      const way = relative(outside, ROOT).split(sep).join("/");
      await Deno.writeTextFile(join(outside, "loss.ts"), "export const weight = 3;\n");
      await Deno.writeTextFile(
        join(outside, "own.ts"),
        `import { weight } from "./loss.ts";\nimport "${way}/core/base/nearest.ts";\nexport default weight;\n`,
      );
      const copy = join(folder, "copy");
      const { root, matrix } = await copySources(join(outside, "own.ts"), copy);
      await Deno.writeTextFile(join(outside, "loss.ts"), "export const weight = 4;\n");
      const text = await Deno.readTextFile(join(copy, matrix.replace("own.ts", "loss.ts")));
      assertEquals(text, "export const weight = 3;\n");
      assert((await Deno.stat(join(copy, root, "core", "train", "train.ts"))).isFile);
    }));

  it("cannot be copied if a module is named by an absolute path, or is missing", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "own.ts");
      await Deno.writeTextFile(path, `import ${JSON.stringify(join(ROOT, "mod.ts"))};\n`);
      const copy = join(folder, "copy");
      await assertRejects(
        () => copySources(path, copy),
        PairlabError,
        "a path from its own folder",
      );
      await Deno.writeTextFile(path, 'import "./nowhere.ts";\n');
      await assertRejects(() => copySources(path, copy), PairlabError, "nowhere.ts");
    }));
});

describe("names for files", () => {
  it("say what variants and matrices are called", () => {
    assertEquals(slug("L1+cGAN"), "l1_cgan");
    assertEquals(slug("Encoder-decoder (L1)"), "encoder_decoder_l1");
    assertEquals(slug("±"), "unnamed");
    assertEquals(matrixName("/some/where/My losses.v2.ts"), "my_losses_v2");
    assertNotEquals(slug("L1"), slug("L2"));
  });
});
