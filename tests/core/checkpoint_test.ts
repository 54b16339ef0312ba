import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import {
  type Checkpoint,
  listCheckpoints,
  type Position,
  restoreCheckpoint,
  saveCheckpoint,
  type Updates,
} from "../../core/checkpoint.ts";
import { PairlabError } from "../../core/errors.ts";
import { buildNetworks, type Networks, trainableVariables } from "../../core/networks.ts";
import type { Wiring } from "../../core/plugin.ts";
import { patchGan } from "../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../plugins/generators/unet.ts";
import { adam } from "../../plugins/optimizers/adam.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";
import { tinyShape, tinyWiring } from "./tiny.ts";

const position: Position = { epoch: 2, step: 8, stepInEpoch: 0, lossSums: {}, secondsInEpoch: 0 };

function parts(changes: Partial<Wiring> = {}, seed = 1): { networks: Networks; updates: Updates } {
  const networks = buildNetworks(tinyWiring(changes), tinyShape, seed);
  return {
    networks,
    updates: {
      generator: adam().start(trainableVariables(networks.generator)),
      discriminator: adam().start(trainableVariables(networks.discriminator!)),
    },
  };
}

async function saved(folder: string): Promise<Checkpoint> {
  return await saveCheckpoint(folder, { ...parts(), position, about: { format: "pairlab" } });
}

function firstWeights({ networks }: { networks: Networks }): number[] {
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
      await restoreCheckpoint(checkpoint, other.networks, other.updates);
      assertEquals(firstWeights(other), own);
    }));

  it("is refused by networks of other widths, naming the weight and both shapes", () =>
    inTemporaryFolder(async (folder) => {
      const checkpoint = await saved(folder);
      const { networks, updates } = parts({ generator: unet({ filters: [4, 8, 16], dropout: 1 }) });
      await assertRejects(
        () => restoreCheckpoint(checkpoint, networks, updates),
        PairlabError,
        '"down3_convolution/kernel" has the shape [4,4,8,8] where this network has [4,4,8,16]',
      );
    }));

  it("is refused by networks of other layers, naming what it lacks", () =>
    inTemporaryFolder(async (folder) => {
      const checkpoint = await saved(folder);
      const { networks, updates } = parts({
        discriminator: patchGan({ receptiveField: 34, filters: 4 }),
      });
      await assertRejects(
        () => restoreCheckpoint(checkpoint, networks, updates),
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
        const { networks, updates } = parts();
        const error = await assertRejects(
          () => restoreCheckpoint(checkpoint, networks, updates),
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
      const names = (await listCheckpoints(folder)).map(({ state }) => state.epoch);
      assertEquals(names, [2]);
    }));

  it("with a damaged state.json is named", () =>
    inTemporaryFolder(async (folder) => {
      const checkpoint = await saved(folder);
      await Deno.writeTextFile(join(checkpoint.folder, "state.json"), '{"format":1');
      await assertRejects(() => listCheckpoints(folder), PairlabError, "state.json");
    }));
});
