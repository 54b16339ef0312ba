import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { createTrainer, type Trainer } from "./trainer.ts";
import { PairlabError } from "../../core/base/errors.ts";
import { readSafetensors, writeSafetensors } from "../../core/runs/safetensors.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";
import { unet } from "../../plugins/generators/unet.ts";
import { plainPairs, tinyShape, tinyWiring } from "../core/train/tiny.ts";

/** Without dropout, whose masks follow from the seed. */
function trainer(seed: number): Trainer {
  const wiring = tinyWiring({ generator: unet({ filters: [4, 8, 8], dropout: 0 }) });
  return createTrainer({ wiring, shape: tinyShape, batch: 1, compile: "on", seed });
}

/** Pictures of one value each: the input's value, then the target's. */
async function writePictures(path: string, values: readonly [number, number][]): Promise<void> {
  const size = 32 * 32 * 3;
  const source = (name: string, side: 0 | 1) => ({
    name,
    shape: [values.length, 32, 32, 3],
    dtype: "float32" as const,
    read: () =>
      Promise.resolve(Float32Array.from(values.flatMap((pair) => Array(size).fill(pair[side])))),
  });
  await writeSafetensors(path, [source("input", 0), source("target", 1)], {});
}

describe("the trainer that is measured", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("says what it does: an engine that cannot compile does not", () => {
    const { compile, order, flops } = trainer(1);
    assertEquals([compile, order], ["off", "alternate"]);
    assert(flops > 1e6);
  });

  it("counts the operations of all pairs of a batch", () => {
    const parts = { wiring: tinyWiring(), shape: tinyShape, compile: "off" as const };
    const [one, three] = [1, 3].map((batch) => createTrainer({ ...parts, batch }).flops);
    assertEquals(three, 3 * one!);
  });

  it("trains: its losses change from step to step and are finite", async () => {
    const taken = trainer(1);
    const first = await taken.step(), second = await taken.step();
    assertEquals(Object.keys(first).sort(), [
      "discriminator",
      "discriminator.gan",
      "generator",
      "generator.gan",
      "generator.l1",
    ]);
    assertNotEquals(first, second);
    assert(Object.values(second).every(Number.isFinite));
  });

  it("predicts each picture by itself, without dropout, and learns nothing from it", async () => {
    await inTemporaryFolder(async (folder) => {
      const [pictures, fakes] = [join(folder, "pictures"), join(folder, "fakes")];
      await writePictures(pictures, [[-0.5, 0], [0.5, 0], [-0.5, 0]]);
      const wiring = tinyWiring({ generator: unet({ filters: [4, 8, 8], dropout: 2 }) });
      const trained = createTrainer({ wiring, shape: tinyShape, batch: 1, compile: "on", seed: 1 });
      const predicted = async (): Promise<[number[], ...number[][]]> => {
        await trained.predict(pictures, fakes);
        const { shape, values } = (await readSafetensors(fakes)).tensors.get("fake")!;
        const length = values.length / 3;
        return [shape, ...[0, 1, 2].map((i) => [...values.slice(i * length, (i + 1) * length)])];
      };
      const [shape, first, second, third] = await predicted();
      assertEquals(shape, [3, 32, 32, 3]);
      assertNotEquals(first, second);
      assertEquals(first, third);
      assertEquals((await predicted())[1], first);
      await trained.step();
      assertNotEquals((await predicted())[1], first);
    });
  });

  it("leaves no tensor behind", async () => {
    const taken = trainer(1);
    await taken.step();
    const { numTensors } = tf.memory();
    await taken.step();
    await taken.stepOn([await plainPairs(1).load(0)]);
    assertEquals(tf.memory().numTensors, numTensors);
  });

  it("goes on with the weights of another, on the same pictures", () =>
    inTemporaryFolder(async (folder) => {
      const weights = join(folder, "weights.safetensors");
      const pictures = join(folder, "pictures.safetensors");
      await writePictures(pictures, [[0.5, -0.5], [-0.25, 0.75]]);
      const one = trainer(1), other = trainer(2);
      for (const each of [one, other]) await each.usePictures(pictures);
      await one.save(weights);
      await other.load(weights);
      assertNotEquals(await trainer(2).step(), await trainer(1).step());
      assertEquals(await other.step(), await one.step());
      const { tensors } = await readSafetensors(weights);
      const names = [...tensors.keys()];
      assert(names.includes("generator/down1_convolution/kernel"), names.join());
      assert(names.includes("discriminator/logits_convolution/bias"), names.join());
    }));

  it("goes on from where another was kept, bit for bit, dropout and optimizers included", () =>
    inTemporaryFolder(async (folder) => {
      const kept = join(folder, "kept");
      const pictures = join(folder, "pictures.safetensors");
      await writePictures(pictures, [[0.5, -0.5], [-0.25, 0.75]]);
      const wiring = tinyWiring({ generator: unet({ filters: [4, 8, 8], dropout: 2 }) });
      const [one, other] = await Promise.all([1, 1].map(async () => {
        const parts = { wiring, shape: tinyShape, batch: 1, compile: "on", seed: 1 } as const;
        const made = createTrainer(parts);
        await made.usePictures(pictures);
        return made;
      })) as [Trainer, Trainer];
      for (let i = 0; i < 3; i++) await one.step();
      await one.keep(kept);
      await other.restore(kept);
      for (let i = 0; i < 2; i++) assertEquals(await other.step(), await one.step());
    }));

  it("takes the pictures of a file one batch after another, and then again", () =>
    inTemporaryFolder(async (folder) => {
      const pictures = join(folder, "pictures.safetensors");
      // |target - G| is about |target|, since an untrained G says nearly nothing.
      await writePictures(pictures, [[0, 0.1], [0, 0.9]]);
      const taken = trainer(1);
      await taken.usePictures(pictures);
      const l1 = [];
      for (let i = 0; i < 4; i++) l1.push((await taken.step())["generator.l1"]!);
      assert(l1[0]! < 40 && l1[1]! > 60 && l1[2]! < 40 && l1[3]! > 60, l1.join());
    }));

  it("refuses pictures that make no whole batches, and a file without them", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "pictures.safetensors");
      await writePictures(path, [[0, 0.1], [0, 0.9], [0, 0]]);
      const parts = { wiring: tinyWiring(), shape: tinyShape, compile: "off" as const };
      const taken = createTrainer({ ...parts, batch: 2 });
      await assertRejects(() => taken.usePictures(path), PairlabError, "a multiple of 2");
      await writeSafetensors(path, [], {});
      await assertRejects(() => taken.usePictures(path), PairlabError, '"input"');
    }));
});
