import * as tf from "@tensorflow/tfjs";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { basename, join } from "@std/path";
import { PairlabError } from "../../../core/base/errors.ts";
import { buildNetworks, namedVariables } from "../../../core/model/networks.ts";
import { openCheckpoint } from "../../../core/runs/checkpoint.ts";
import { openOrigin, type Origin } from "../../../core/runs/origin.ts";
import { describeTakenOver, takeOver } from "../../../core/train/take_over.ts";
import { unet } from "../../../plugins/generators/unet.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { openTiny, trainIn } from "./outcome.ts";
import { tinyShape, tinyWiring } from "./tiny.ts";

/** What the weights of a network are, joined. */
function values(model: tf.LayersModel): Map<string, string> {
  return new Map(
    [...namedVariables(model)].map(([name, variable]) => [name, variable.dataSync().join()]),
  );
}

async function originOf(folder: string): Promise<Origin> {
  await trainIn(folder);
  return await openOrigin(folder);
}

describe("weights taken over", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("are all those of the run, of both networks, and of the average of G", async () => {
    await inTemporaryFolder(async (folder) => {
      const origin = await originOf(folder);
      const wiring = tinyWiring({ average: { decay: 0.9 } });
      const networks = buildNetworks(wiring, tinyShape, 99);
      const all = takeOver(networks, origin);
      assert(all.every(({ what }) => what === "taken"));
      for (const network of ["generator", "discriminator"] as const) {
        for (const [name, found] of values(networks[network]!)) {
          assertEquals(found, origin[network]!.get(name)!.values.join(), name);
        }
      }
      assertEquals(values(networks.averaged!), values(networks.generator));
    });
  });

  it("leave the layers new whose shapes are others: another number of channels", async () => {
    await inTemporaryFolder(async (folder) => {
      const origin = await originOf(folder);
      const grey = { height: 32, width: 32, channels: 1 };
      const shape = { input: grey, target: tinyShape.target };
      const networks = buildNetworks(tinyWiring(), shape, 99);
      const lines = describeTakenOver(takeOver(networks, origin));
      assertEquals(lines.slice(1), [
        "  new     generator/down1_convolution/kernel [4, 4, 1, 4], there [4, 4, 3, 4]",
        "  new     discriminator/block1_convolution/kernel [4, 4, 4, 4], there [4, 4, 6, 4]",
      ]);
    });
  });

  it("skip what the networks have no place for, and make anew what the run lacks", async () => {
    await inTemporaryFolder(async (folder) => {
      const origin = await originOf(folder);
      const shallow = tinyWiring({ generator: unet({ filters: [4, 8], dropout: 0 }) });
      const all = takeOver(buildNetworks(shallow, tinyShape, 99), origin);
      const layersThat = (what: string): string[] => [
        ...new Set(all.flatMap((one) => one.what === what ? [one.name.split("_")[0]!] : [])),
      ];
      assert(layersThat("skipped").includes("down3"));
      assert(!layersThat("taken").includes("down3"));
    });
  });

  it("are refused where nothing fits", async () => {
    await inTemporaryFolder(async (folder) => {
      const origin = await originOf(folder);
      const networks = buildNetworks(
        tinyWiring({ generator: unet({ filters: [6, 6, 6] }) }),
        tinyShape,
        1,
      );
      const { discriminator: _, ...onlyG } = origin;
      const named = new Map([...onlyG.generator!].map(([name, array]) => [`x${name}`, array]));
      assertThrows(
        () => takeOver(networks, { ...onlyG, generator: named }),
        PairlabError,
        "none of its",
      );
    });
  });

  it("come from a checkpoint that is named, and from no other place", async () => {
    await inTemporaryFolder(async (folder) => {
      await trainIn(folder);
      const [checkpoint] = await Array.fromAsync(Deno.readDir(join(folder, "checkpoints")));
      const origin = await openOrigin(`${folder}:${checkpoint!.name}`);
      assertEquals(origin.files.map(({ path }) => path), [
        join(folder, "checkpoints", checkpoint!.name, "generator.safetensors"),
        join(folder, "checkpoints", checkpoint!.name, "discriminator.safetensors"),
      ]);
      assertEquals(origin.files.map(({ sha256 }) => sha256.length), [64, 64]);
      await assertRejects(
        () => openOrigin(`${folder}:../../elsewhere`),
        PairlabError,
        "is no name of a checkpoint",
      );
      await assertRejects(
        () => openOrigin(join(folder, "none")),
        PairlabError,
        "it holds no checkpoint",
      );
      await assertRejects(
        () => openOrigin(join(folder, "metrics.jsonl")),
        PairlabError,
        "it is no run, and no file of weights",
      );
    });
  });

  it("are those that the checkpoint was written with, or are refused", async () => {
    await inTemporaryFolder(async (folder) => {
      const first = await originOf(folder);
      const checkpoint = join(first.files[0]!.path, "..");
      const { files } = (await openCheckpoint(checkpoint)).state;
      assertEquals(
        first.files.map(({ sha256 }) => sha256),
        ["generator.safetensors", "discriminator.safetensors"].map((name) => files[name]!.sha256),
      );
      for (const { path } of first.files) {
        const whole = await Deno.readFile(path);
        const altered = whole.slice();
        altered[altered.length - 1]! ^= 1; // a number of another value, in a file of the same form
        const refused = async (found: string): Promise<void> => {
          for (const named of [checkpoint, `${folder}:${basename(checkpoint)}`]) {
            const { message } = await assertRejects(() => openOrigin(named), PairlabError);
            assertStringIncludes(message, `"${path}": ${found}`);
          }
        };
        await Deno.writeFile(path, altered);
        await refused("its contents changed since they were written");
        await Deno.writeFile(path, whole.subarray(0, -4));
        await refused(`it has ${whole.length - 4} bytes where ${whole.length} were written`);
        await Deno.remove(path);
        await refused("No such file");
        await Deno.writeFile(path, whole);
      }
      assertEquals((await openOrigin(checkpoint)).files, first.files);
    });
  });

  it("are what the training goes on from", async () => {
    await inTemporaryFolder(async (root) => {
      const origin = await originOf(join(root, "first"));
      const fresh = await trainIn(join(root, "fresh"));
      const training = await openTiny(join(root, "second"), { origin });
      const pairs = (await Array.fromAsync(training.batches()))[0]!;
      const report = await training.step(pairs);
      assert(report!.losses["generator.l1"]! < fresh.losses[0]!["generator.l1"]!);
    });
  });
});
