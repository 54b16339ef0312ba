import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { startWasm } from "../../../core/backends/wasm/backend.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { buildNetworks, discriminate } from "../../../core/model/networks.ts";
import type { Loss } from "../../../core/plugin.ts";
import { type Random, randomStream } from "../../../core/random/stream.ts";
import { openReplay, planReplay, type ReplayPool } from "../../../core/train/replay.ts";
import type { StoredTensor } from "../../../core/runs/safetensors.ts";
import { createStep } from "../../../core/train/step.ts";
import { startOptimizers } from "../../../core/model/optimizers.ts";
import { none } from "../../../plugins/layers/norm.ts";
import { patchGan } from "../../../plugins/discriminators/patch_gan.ts";
import { sgd } from "../../../plugins/optimizers/sgd.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { trainIn } from "./outcome.ts";
import { tinyShape, tinyWiring } from "./tiny.ts";

/** `ImagePool.query` of pytorch-CycleGAN-and-pix2pix, on anything. */
function query<T>(pool: T[], size: number, images: readonly T[], random: Random): T[] {
  return images.map((image) => {
    if (pool.length < size) {
      pool.push(image);
      return image;
    }
    if (random.uniform() >= 0.5) return image;
    const id = random.integer(size);
    const earlier = pool[id]!;
    pool[id] = image;
    return earlier;
  });
}

const pixel = { height: 1, width: 1, channels: 1 };
const PIXELS = { input: pixel, target: pixel };

/** A batch of pictures of one pixel each. */
const batchOf = (values: readonly number[]): Tensor4D =>
  tf.tensor4d([...values], [values.length, 1, 1, 1]);

/** Fakes that a pool shows for batches of new ones; input and target of fake x are 10 x and 100 x. */
async function shownBy(
  pool: ReplayPool,
  batches: readonly number[][],
  from = 0,
): Promise<number[]> {
  const shown: number[] = [];
  for (const [index, fakes] of batches.entries()) {
    const now = {
      input: batchOf(fakes.map((value) => 10 * value)),
      target: batchOf(fakes.map((value) => 100 * value)),
      fake: batchOf(fakes),
    };
    const { tensors, keep } = pool.draw(from + index + 1, fakes.length);
    const choice = tensors.choice.dataSync();
    choice.forEach((place, i) => {
      const [source, at] = place < fakes.length ? [now, place] : [tensors, place - fakes.length];
      const [input, target, fake] = [source.input, source.target, source.fake].map((part) =>
        part.dataSync()[at]!
      );
      assertEquals([input, target], [10 * fake!, 100 * fake!], `picture ${i} has another's input`);
      shown.push(fake!);
    });
    await keep(now);
    tf.dispose([now, tensors]);
  }
  return shown;
}

/** Fakes 1, 2, 3, … in batches of these sizes. */
function numbered(sizes: readonly number[]): number[][] {
  let next = 1;
  return sizes.map((size) => Array.from({ length: size }, () => next++));
}

/** What a checkpoint would hold of a pool. */
async function stored(pool: ReplayPool): Promise<Map<string, StoredTensor>> {
  const entries = await Promise.all(
    pool.sources().map(async ({ name, shape, dtype, read }): Promise<[string, StoredTensor]> => [
      name,
      { shape: [...shape], dtype, values: await read() },
    ]),
  );
  return new Map(entries);
}

describe("a pool of earlier fakes", () => {
  let engine: { close(): void };
  before(async () => {
    engine = await startWasm();
  });
  after(() => engine.close());

  for (const [size, batch] of [[1, 1], [3, 1], [2, 4], [5, 3]] as const) {
    it(`of ${size} shows what CycleGAN's shows, in batches of ${batch}`, async () => {
      const batches = numbered([...Array(9).fill(batch), 1]);
      const earlier: number[] = [];
      const expected = batches.flatMap((fakes, index) =>
        query(earlier, size, fakes, randomStream(23, "replay", index + 1))
      );
      const pool = openReplay({ size }, PIXELS, 23);
      assertEquals(await shownBy(pool, batches), expected);
      assertEquals([...(await stored(pool)).get("fake")!.values], earlier);
      assert(expected.some((fake, i) => fake !== batches.flat()[i]), "no earlier one was shown");
    });
  }

  it("shows new fakes alone, or earlier ones alone, where the chance says so", async () => {
    const batches = numbered([2, 2, 2]);
    const never = openReplay({ size: 2, probability: 0 }, PIXELS, 1);
    assertEquals(await shownBy(never, batches), batches.flat());
    const always = openReplay({ size: 1, probability: 1 }, PIXELS, 1);
    assertEquals(await shownBy(always, batches), [1, 1, 2, 3, 4, 5]);
  });

  it("goes on from what a checkpoint holds", async () => {
    const batches = numbered([2, 1, 2, 1, 2, 1]);
    const whole = await shownBy(openReplay({ size: 3 }, PIXELS, 5), batches);
    const first = openReplay({ size: 3 }, PIXELS, 5);
    await shownBy(first, batches.slice(0, 3));
    const second = openReplay({ size: 3 }, PIXELS, 5);
    await shownBy(second, numbered([3, 3]));
    second.restore(await stored(first));
    assertEquals(await shownBy(second, batches.slice(3), 3), whole.slice(5));
    second.restore(undefined);
    assertEquals(second.sources()[0]!.shape, [0, 1, 1, 1]);
  });

  it("refuses pictures of another size", async () => {
    const pool = openReplay({ size: 3 }, PIXELS, 5);
    await shownBy(pool, [[1]]);
    const other = openReplay({ size: 3 }, tinyShape, 5);
    const held = await stored(pool);
    assertThrows(() => other.restore(held), PairlabError, "pictures of [1,1,1] where");
  });

  it("plans nothing to be kept where nothing is", () => {
    const { kept } = planReplay(randomStream(1, "x"), { size: 1, probability: 0 }, 1, 3);
    assertEquals(kept.size, 0);
  });
});

describe("a step with earlier fakes", () => {
  let engine: { close(): void };
  before(async () => {
    engine = await startWasm();
  });
  after(() => engine.close());

  it("shows D the earlier fake with its input and target, and the new real; G's the new fake", () => {
    const { input: { height, width, channels } } = tinyShape;
    const picture = (): Tensor4D => tf.randomUniform([1, height, width, channels], -1, 1);
    const earlier = { input: picture(), target: picture(), fake: picture() };
    const batch = { input: picture(), target: picture() };
    const seen: Record<string, Float32Array> = {};
    const note = (of: string, tensors: Readonly<Record<string, tf.Tensor>>): void => {
      for (const [name, tensor] of Object.entries(tensors)) {
        seen[`${of}.${name}`] = tensor.dataSync<"float32">().slice();
      }
    };
    const spy: Loss = {
      generator: (views) => {
        note("G", { fake: views.fake, input: views.input, logits: views.fakeLogits[0]! });
        return tf.mean(views.fake);
      },
      discriminator: (views) => {
        const { input, target, fake } = views;
        const [real, made] = [views.realLogits[0]!, views.fakeLogits[0]!];
        note("D", {
          input,
          target,
          fake,
          real,
          made,
          other: views.discriminate(target).logits[0]!,
        });
        return tf.add(tf.mean(real), tf.mean(made));
      },
    };
    const discriminator = patchGan({ receptiveField: 16, filters: 4, norm: none() });
    const networks = buildNetworks(tinyWiring({ discriminator }), tinyShape, 1);
    const mode = {
      training: true,
      dropout: true,
      updateStatistics: false,
      step: tf.scalar(1, "int32"),
    };
    const judged = (input: Tensor4D, shown: Tensor4D): Float32Array =>
      tf.tidy(() =>
        discriminate(networks.discriminator!, input, shown, mode).logits[0]!.dataSync<"float32">()
          .slice()
      );
    const expected = {
      real: judged(batch.input, batch.target),
      made: judged(earlier.input, earlier.fake),
      other: judged(earlier.input, earlier.target),
    };
    const rate = tf.scalar(0);
    const step = createStep({
      networks,
      losses: { spy },
      updates: startOptimizers(networks, { generator: sgd(), discriminator: sgd() }),
      order: "alternate",
    });
    const replay = { ...earlier, choice: tf.tensor1d([1], "int32") };
    const { fake } = step({ ...batch, replay }, tf.scalar(1, "int32"), {
      generator: rate,
      discriminator: rate,
    });
    for (const part of ["input", "target", "fake"] as const) {
      assertEquals(seen[`D.${part}`], earlier[part].dataSync<"float32">(), part);
    }
    for (const [name, logits] of Object.entries(expected)) assertEquals(seen[`D.${name}`], logits);
    assertEquals(seen["G.fake"], fake!.dataSync<"float32">(), "the new fake is given back");
    assertEquals(seen["G.input"], batch.input.dataSync<"float32">());
    assertEquals(seen["G.logits"], judged(batch.input, fake!));
  });

  it("is the paper's with a pool of no fakes, and leaves no tensor behind with any other", () =>
    inTemporaryFolder(async (folder) => {
      const counts: number[] = [];
      const count = { name: "count", onStepEnd: () => void counts.push(tf.memory().numTensors) };
      const plain = await trainIn(`${folder}/plain`, { epochs: 1 });
      assertEquals(await trainIn(`${folder}/none`, { epochs: 1, replay: { size: 0 } }), plain);
      const replayed = await trainIn(`${folder}/one`, {
        epochs: 1,
        replay: { size: 1, probability: 1 },
        callbacks: [count],
      });
      assertEquals(new Set(counts).size, 1, `tensors after each step: ${counts}`);
      assertEquals(replayed.losses[0], plain.losses[0], "the first fake is new");
      assert(replayed.losses[1]!["discriminator"] !== plain.losses[1]!["discriminator"]);
    }));
});
