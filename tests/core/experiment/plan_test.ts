import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { pathToFileURL } from "node:url";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { experiment } from "../../../core/experiment/experiment.ts";
import {
  compilerCheck,
  type ExperimentModule,
  loadExperiment,
  planExperiment,
} from "../../../core/experiment/plan.ts";
import type { TaskShape, Wiring } from "../../../core/plugin.ts";
import { importedSources } from "../../../core/experiment/imported_sources.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { tinyWiring } from "../train/tiny.ts";

const tiny: ExperimentModule = {
  name: "tiny",
  module: "tiny",
  url: new URL("file:///tiny.ts"),
  source: "",
  sha256: "",
  experiment: experiment({ size: 32 }, () => tinyWiring()),
};

function shapeFor(changes: Partial<Wiring>): TaskShape {
  const changed = experiment({ size: 32 }, () => tinyWiring(changes));
  return planExperiment({ ...tiny, experiment: changed }, {}).shape;
}

describe("what the compiler says of an experiment", () => {
  const check = (text: string): Promise<void> =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "mine.ts");
      await Deno.writeTextFile(path, text);
      await compilerCheck({ url: pathToFileURL(path), module: path });
    });

  it("is no hindrance where a part is commented out, whose import is left", () =>
    check('import { join, dirname } from "@std/path";\nexport default dirname("a/b");\n'));

  it("is told where a type is wrong, whatever else is left over", async () => {
    const text = 'import { join } from "@std/path";\nexport const rate: number = "fast";\n';
    await assertRejects(() => check(text), PairlabError, "not assignable to type 'number'");
  });
});

describe("an experiment's name", () => {
  it("is that of its file, spaces and all", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "with ünusual letters.ts");
      const tiny = import.meta.resolve("./tiny_experiment.ts");
      await Deno.writeTextFile(path, `export { default } from ${JSON.stringify(tiny)};\n`);
      const { name, module } = await loadExperiment(path);
      assertEquals([name, module], ["with ünusual letters", path]);
    }));

  it('may hold "#", "?" and "%", and so may its folder and what it imports', {
    skip: Deno.build.os === "windows",
  }, () =>
    inTemporaryFolder(async (folder) => {
      for (const name of ["a#b", "a?b", "a%b", "100%25", "a%zz#c?d"]) {
        const inner = join(folder, name);
        await Deno.mkdir(inner);
        const path = join(inner, `${name}.ts`), base = join(inner, "base.ts");
        const tiny = import.meta.resolve("./tiny_experiment.ts");
        await Deno.writeTextFile(base, `export { default } from ${JSON.stringify(tiny)};\n`);
        await Deno.writeTextFile(path, 'export { default } from "./base.ts";\n');
        const loaded = await loadExperiment(path);
        assertEquals([loaded.name, loaded.module], [name, path]);
        await compilerCheck(loaded);
        const imported = await importedSources(loaded);
        // Besides it, the tiny experiment's own, which are no part of Pairlab.
        assertEquals(imported.filter(({ module }) => module.startsWith("./")).length, 1);
        assert(imported.some(({ module }) => module === "./base.ts"));
      }
    }));
});

describe("an experiment whose setup returns nothing", () => {
  it("is refused, where no compiler did so", () => {
    const nothing = experiment({ size: 32 }, () => undefined as unknown as Wiring);
    assertThrows(
      () => planExperiment({ ...tiny, experiment: nothing }, {}),
      PairlabError,
      "Cannot train: setup returned undefined",
    );
  });
});

describe("the shape that networks are built for", () => {
  it("is a square of the size, in colour", () => {
    const image = { height: 32, width: 32, channels: 3 };
    assertEquals(shapeFor({}), { input: image, target: image });
  });

  it("is the wiring's, where it says so", () => {
    const shape = shapeFor({
      shape: { height: 32, width: 64 },
      channels: { input: 1, target: 4 },
    });
    assertEquals(shape, {
      input: { height: 32, width: 64, channels: 1 },
      target: { height: 32, width: 64, channels: 4 },
    });
  });

  it("is of whole, positive numbers", () => {
    assertThrows(
      () => shapeFor({ shape: { height: 32, width: 0 } }),
      PairlabError,
      "Cannot build networks for 0x32 pixels, 3 to 3 channels",
    );
    assertThrows(
      () => shapeFor({ channels: { input: 1.5, target: 3 } }),
      PairlabError,
      "1.5 to 3 channels",
    );
  });
});
