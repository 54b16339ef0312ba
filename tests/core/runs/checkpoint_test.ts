import * as tf from "@tensorflow/tfjs";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "../../../core/runs/checkpoint.ts";
import type { Position } from "../../../core/runs/checkpoint_state.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { buildNetworks, trainableVariables } from "../../../core/model/networks.ts";
import {
  KEEP_ALWAYS,
  listCheckpoints,
  loadNewestCheckpoint,
  pruneCheckpoints,
} from "../../../core/runs/checkpoints.ts";
import type { Wiring } from "../../../core/plugin.ts";
import { patchGan } from "../../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../../plugins/generators/unet.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { checkpointContents, restore } from "../../../core/train/state.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { tinyShape, tinyWiring } from "../train/tiny.ts";

const position: Position = {
  epoch: 2,
  step: 8,
  stepInEpoch: 0,
  lossSums: {},
  lossSteps: {},
  history: [],
  secondsInEpoch: 0,
};

/** What a training remembers, and no more: it has no callbacks and no pool. */
type Parts = Parameters<typeof restore>[0];

const frame = { shape: tinyShape, resize: "cubic", fit: "resize" } as const;

function parts(changes: Partial<Wiring> = {}, seed = 1): Parts {
  const networks = buildNetworks(tinyWiring(changes), tinyShape, seed);
  return {
    networks,
    updates: {
      generator: adam().start(trainableVariables(networks.generator)),
      discriminator: adam().start(trainableVariables(networks.discriminator!)),
    },
    replay: undefined,
    callbacks: [],
    position,
    stopped: null,
  };
}

async function saved(
  folder: string,
  epoch: number = position.epoch,
  keep: readonly string[] = [],
): Promise<Checkpoint> {
  const at = { ...parts(), position: { ...position, epoch, step: epoch * 4 } };
  return await saveCheckpoint(folder, checkpointContents(at, frame), { keep });
}

function firstWeights({ networks }: Parts): number[] {
  return [...trainableVariables(networks.generator)[0]!.dataSync()];
}

describe("a checkpoint", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("puts its numbers into networks that were built from another seed", () =>
    inTemporaryFolder(async (folder) => {
      const checkpoint = await saved(folder);
      const other = parts({}, 2);
      const own = firstWeights(parts());
      assert(own.some((value, index) => value !== firstWeights(other)[index]));
      restore(other, await loadCheckpoint(checkpoint));
      assertEquals(firstWeights(other), own);
    }));

  it("is refused by networks of other widths, naming the weight and both shapes", () =>
    inTemporaryFolder(async (folder) => {
      const checkpoint = await loadCheckpoint(await saved(folder));
      const other = parts({ generator: unet({ filters: [4, 8, 16], dropout: 1 }) });
      assertThrows(
        () => restore(other, checkpoint),
        PairlabError,
        '"down3_convolution/kernel" has the shape [4,4,8,8] where this network has [4,4,8,16]',
      );
    }));

  it("is refused by networks of other layers, naming what it lacks", () =>
    inTemporaryFolder(async (folder) => {
      const checkpoint = await loadCheckpoint(await saved(folder));
      const other = parts({
        discriminator: patchGan({ receptiveField: 34, filters: 4 }),
      });
      assertThrows(
        () => restore(other, checkpoint),
        PairlabError,
        'it lacks "block3_',
      );
    }));

  for (
    const file of ["generator.safetensors", "discriminator.safetensors", "optimizer.safetensors"]
  ) {
    it(`is refused when ${file} is cut`, () =>
      inTemporaryFolder(async (folder) => {
        const checkpoint = await saved(folder);
        const path = join(checkpoint.folder, file);
        await Deno.truncate(path, (await Deno.stat(path)).size - 100);
        const error = await assertRejects(
          () => loadCheckpoint(checkpoint),
          PairlabError,
          "bytes where",
        );
        assert(error.message.includes(file));
      }));
  }

  it("is not seen while it is being written", () =>
    inTemporaryFolder(async (folder) => {
      await saved(folder);
      await Deno.mkdir(join(folder, ".epoch-0003.part-0123abcd"));
      const { whole, damaged } = await listCheckpoints(folder);
      assertEquals(whole.map(({ state }) => state.epoch), [2]);
      assertEquals(damaged, []);
    }));

  for (const file of ["state.json", "discriminator.safetensors"]) {
    it(`whose ${file} is damaged is passed over for the one before, with a warning`, () =>
      inTemporaryFolder(async (folder) => {
        await saved(folder, 1);
        const newest = await saved(folder, 2);
        await Deno.truncate(join(newest.folder, file), 10);
        const warnings: string[] = [];
        const loaded = await loadNewestCheckpoint(folder, (line) => void warnings.push(line));
        assertEquals(loaded?.state.epoch, 1);
        assertEquals(warnings.length, 1);
        assertStringIncludes(warnings[0] ?? "", join(newest.folder, file));
      }));
  }

  it("is not invented when all are damaged", () =>
    inTemporaryFolder(async (folder) => {
      const { folder: only } = await saved(folder);
      await Deno.remove(join(only, "optimizer.safetensors"));
      await assertRejects(
        () => loadNewestCheckpoint(folder, () => {}),
        PairlabError,
        "none of its checkpoints can be used",
      );
    }));

  for (
    const [what, change] of Object.entries<(text: string) => string>({
      "a digit is another": (text) => text.replace('"step": 8', '"step": 9'),
      "a word is another": (text) => text.replace('"always"', '"alwayt"'),
      "its hash is gone": (text) => text.replace('"sha256": "', '"sha257": "'),
      "it is cut": (text) => text.slice(0, -20),
      "it is null": () => "null",
    })
  ) {
    it(`is passed over, with a warning, when of its state ${what}`, () =>
      inTemporaryFolder(async (folder) => {
        await saved(folder, 1);
        const newest = await saved(folder, 2, [KEEP_ALWAYS]);
        const path = join(newest.folder, "state.json");
        const text = await Deno.readTextFile(path);
        // The hash of the state, not of a file, is the last line.
        const at = what === "its hash is gone" ? text.lastIndexOf('"sha256"') : 0;
        await Deno.writeTextFile(path, text.slice(0, at) + change(text.slice(at)));
        const warnings: string[] = [];
        const loaded = await loadNewestCheckpoint(folder, (line) => void warnings.push(line));
        assertEquals(loaded?.state.epoch, 1);
        assertStringIncludes(warnings.join(), path);
      }));
  }

  it("is passed over when it has the name of another, so that no epoch is taken for another", () =>
    inTemporaryFolder(async (folder) => {
      await saved(folder, 1);
      const newest = await saved(folder, 2);
      await Deno.rename(newest.folder, join(folder, "epoch-0007"));
      const warnings: string[] = [];
      const loaded = await loadNewestCheckpoint(folder, (line) => void warnings.push(line));
      assertEquals(loaded?.state.epoch, 1);
      assertStringIncludes(warnings.join(), 'were written as "epoch-0002"');
    }));

  it("is passed over when it is of another run", () =>
    inTemporaryFolder(async (folder) => {
      for (const [epoch, run] of [[1, "this"], [2, "another"]] as const) {
        const at = { ...parts(), position: { ...position, epoch, step: epoch * 4 } };
        await saveCheckpoint(folder, checkpointContents(at, frame), { run });
      }
      const warnings: string[] = [];
      const warn = (line: string): void => void warnings.push(line);
      assertEquals((await loadNewestCheckpoint(folder, warn, "this"))?.state.epoch, 1);
      assertStringIncludes(warnings.join(), "another run wrote it");
      await assertRejects(() => loadNewestCheckpoint(folder, warn, "a third"), PairlabError);
      assertEquals((await loadNewestCheckpoint(folder, warn))?.state.epoch, 2);
    }));

  it("is there or not, but asks for nothing, in a run that has none yet", () =>
    inTemporaryFolder(async (folder) => {
      assertEquals(await loadNewestCheckpoint(join(folder, "checkpoints"), () => {}), undefined);
    }));
});

describe("pruning", () => {
  it("leaves what is kept for good, the newest, and the newest of each other reason", () =>
    inTemporaryFolder(async (folder) => {
      const kept = [[KEEP_ALWAYS, "best"], ["best"], [], ["best"], [KEEP_ALWAYS], [], []];
      for (const [index, keep] of kept.entries()) await saved(folder, index + 1, keep);
      const left = await pruneCheckpoints((await listCheckpoints(folder)).whole);
      const { whole } = await listCheckpoints(folder);
      assertEquals(left, whole);
      assertEquals(whole.map(({ state }) => state.epoch), [7, 5, 4, 1]);
    }));
});
