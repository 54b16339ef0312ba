import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { isFile } from "../../core/base/files.ts";
import { PairlabError } from "../../core/base/errors.ts";
import { writePicture } from "../../core/pictures/encode.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";
import { patterned } from "../conformance/pictures.ts";
import { thisMachine } from "./machine.ts";
import { pairlabProgram } from "./programs.ts";
import { benchQuality, type QualityOptions } from "./quality.ts";
import { readResults } from "./quality_file.ts";

const SIZE = 64;

async function writeDataset(folder: string): Promise<void> {
  for (const [index, side] of ["input", "output"].entries()) {
    await Deno.mkdir(join(folder, side), { recursive: true });
    for (let pair = 0; pair < 4; pair++) {
      const picture = patterned(
        { width: SIZE, height: SIZE, channels: 3, type: "8 bits" },
        2 * pair + index,
      );
      await writePicture(join(folder, side, `${pair}.png`), picture);
    }
  }
}

/** Pairlab on both sides: what is tested is the bench, not PyTorch. */
function optionsIn(folder: string, name: string): QualityOptions {
  const side = (seed: number, what: string) =>
    pairlabProgram(what, {
      ...{ experiment: "flowers_deblur", size: SIZE, width: 0.05, dropout: 3, receptiveField: 70 },
      ...{ backend: "wasm", compile: "on", order: "alternate", threads: 1, seed },
    });
  return {
    ...{ python: "", dataset: join(folder, "pairs"), size: SIZE, width: 0.05, backend: "wasm" },
    ...{ epochs: 2, every: 1, seeds: [5], file: join(folder, `${name}.json`) },
    programs: (seed) => ({ pairlab: side(seed, "one"), pytorch: side(seed + 1, "other") }),
  };
}

describe("bench quality", () => {
  it("goes on with an interrupted seed where it was measured, to the same numbers", () =>
    inTemporaryFolder(async (folder) => {
      await writeDataset(join(folder, "pairs"));
      const whole = await benchQuality(optionsIn(folder, "whole"));
      const options = optionsIn(folder, "parts");
      const interrupted = {
        ...options,
        onProgress: () => {
          throw new Error("interrupted");
        },
      };
      await assertRejects(() => benchQuality(interrupted), Error, "interrupted");
      assert(!await isFile(options.file));
      const said: string[] = [];
      const parts = await benchQuality({ ...options, onProgress: (line) => said.push(line) });
      assertEquals(said[0], "seed 5 goes on after epoch 1");
      assertEquals(said.length, 2);
      assertEquals(parts.seeds[0]!.epochs, whole.seeds[0]!.epochs);
      assertEquals(
        await Array.fromAsync(Deno.readDir(folder), ({ name }) => name).then((names) =>
          names.sort()
        ),
        [
          "pairs",
          "parts.json",
          "whole.json",
        ],
      );
    }));

  it("records what each seed was made with", () =>
    inTemporaryFolder(async (folder) => {
      await writeDataset(join(folder, "pairs"));
      const options = { ...optionsIn(folder, "made"), epochs: 1 };
      await benchQuality(options);
      const { seeds: [seed] } = JSON.parse(await Deno.readTextFile(options.file));
      const [{ commit, versions, pairlab, machine }, ...more] = seed.made;
      assertEquals(more, []);
      assert(commit === null || /^[0-9a-f]{40}\+?$/.test(commit), commit);
      assertEquals(versions.deno, Deno.version.deno);
      assertEquals([pairlab.engine, pairlab.threads, pairlab.compile], ["wasm", 1, "off"]);
      assertEquals(machine, { ...thisMachine() });
    }));

  it("opens results of before it recorded this, and mixes no settings", () =>
    inTemporaryFolder(async (folder) => {
      const file = join(folder, "quality.json");
      const settings = {
        ...{
          dataset: "flowers",
          train: 400,
          test: 100,
          size: 64,
          width: 0.5,
          epochs: 20,
          every: 20,
        },
      };
      const seeds = [{ seed: 1, seconds: { pairlab: 1, pytorch: 2 }, epochs: [] }];
      const older = { settings, input: { psnr: 21 }, seeds };
      await Deno.writeTextFile(file, JSON.stringify(older));
      const none = { ...older, seeds: [] };
      assertEquals(await readResults(file, none), older);
      for (const change of [{ size: 128 }, { experiment: "facades" }]) {
        const other = { ...none, settings: { ...settings, ...change } };
        await assertRejects(() => readResults(file, other), PairlabError, "Name another file");
      }
    }));
});
