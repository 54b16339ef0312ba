import * as tf from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { after, before, describe, it } from "@std/testing/bdd";
import { startWasm } from "../../../core/backends/wasm/backend.ts";
import { readMetrics } from "../../../core/runs/metrics_log.ts";
import type {
  Callback,
  Finding,
  Loss,
  Picture,
  StepReport,
  TrainingRun,
} from "../../../core/plugin.ts";
import { train } from "../../../core/train/train.ts";
import { health } from "../../../plugins/callbacks/health.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { sgd } from "../../../plugins/optimizers/sgd.ts";
import { gan } from "../../../plugins/losses/gan.ts";
import { l1 } from "../../../plugins/losses/l1.ts";
import { unet } from "../../../plugins/generators/unet.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { type Changes, openTiny, trainIn } from "../../core/train/outcome.ts";
import { tinyData } from "../../core/train/tiny.ts";

const never = new AbortController().signal;

/** The rules that a tiny training is told of. */
async function rulesIn(changes: Changes, epochs = 10, grace = 0): Promise<string[]> {
  const rules: string[] = [];
  await inTemporaryFolder(async (folder) => {
    const callback = health({ every: 2, picturesEvery: 2, pictures: 2, grace });
    await train(await openTiny(folder, { epochs, callbacks: [callback], ...changes }), never);
    for (const line of await readMetrics(folder)) {
      if (line.kind === "health" && !line.over) rules.push(line.rule);
    }
  });
  return rules;
}

/** Both optimizers. */
const rates = (generator: number, discriminator: number): Changes => ({
  optimizer: {
    generator: adam({ rate: generator }),
    discriminator: adam({ rate: discriminator }),
  },
});

describe("health", () => {
  let engine: { close(): void } | undefined;
  before(async () => {
    // One thread: of tensors as small as these, several only wait for each other.
    engine = await startWasm({ threads: 1 });
  });
  after(() => engine?.close());

  it("leaves the bits of the training as they are without it", () =>
    inTemporaryFolder(async (folder) => {
      const with_ = await trainIn(`${folder}/with`, {
        callbacks: [health({ every: 1 })],
        epochs: 3,
      });
      const without = await trainIn(`${folder}/without`, { epochs: 3 });
      assertEquals(with_.losses, without.losses);
      const { "state.json": _, ...weights } = with_.hashes;
      for (const [file, hash] of Object.entries(weights)) {
        assertEquals(without.hashes[file], hash, file);
      }
    }));

  it("measures each layer's gradient and update as they are by hand", () =>
    inTemporaryFolder(async (folder) => {
      const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));
      let model: tf.LayersModel | undefined;
      const kernels = (): Float32Array[] =>
        model!.trainableWeights.map((weight) => weight.read()).filter(({ shape }) =>
          shape.length > 1
        )
          .map((weight) => Float32Array.from(weight.dataSync()));
      let before: Float32Array[] = [];
      let checked = 0;
      const callback: Callback = {
        name: "look",
        measures: (step) => step === 3,
        onStepEnd: async (_, { step, names, statistics }) => {
          if (step === 2) before = kernels();
          if (statistics === undefined) return;
          assertEquals(step, 3);
          const after = kernels();
          const index = tinyData.train.names.indexOf(names[0]!);
          const { input, target } = await tinyData.train.load(index);
          const tensorOf = ({ data }: Picture) =>
            tf.tensor4d(Float32Array.from(data, (value) => value / 127.5 - 1), [1, 32, 32, 3]);
          const mode = { training: true, dropout: false, updateStatistics: false };
          const { grads } = tf.variableGrads(() => {
            const fake = model!.apply(tensorOf(input), mode) as tf.Tensor;
            return tf.mean(tf.square(tf.sub(fake, tensorOf(target)))) as tf.Scalar;
          }, model!.trainableWeights.map((weight) => weight.read() as tf.Variable));
          const expected = Object.values(grads).filter(({ shape }) => shape.length > 1)
            .map((gradient) => Float32Array.from(gradient.dataSync()));
          for (const [place, { name, gradient, update }] of statistics.layers.entries()) {
            const change = after[place]!.map((value, at) => value - before[place]![at]!);
            assertAlmostEquals(update / (norm(change) / norm(after[place]!)), 1, 1e-4, name);
            const size = Math.sqrt(expected[place]!.length);
            assertAlmostEquals(gradient / (norm(expected[place]!) / size), 1, 1e-4, name);
            checked++;
          }
        },
      };
      const square: Loss = {
        generator: ({ fake, target }) => tf.mean(tf.square(tf.sub(fake, target))),
      };
      const training = await openTiny(folder, {
        generator: (shape, seed) => model = unet({ filters: [2, 2], dropout: 0 })(shape, seed),
        discriminator: undefined as never,
        losses: { square },
        optimizer: sgd({ rate: 0.1, momentum: 0 }),
        callbacks: [callback],
        shuffle: false,
        epochs: 1,
      });
      await train(training, never);
      // Two convolutions and two transposed ones.
      assertEquals(checked, 4);
    }));

  it("calls units silent that have no gradient and stay as they were, not those of a rare picture", () =>
    inTemporaryFolder(async (folder) => {
      /** Whether any unit, and whether every unit is silent, at steps 2 and 4. */
      const silentWith = async (name: string, loss: Loss): Promise<readonly boolean[][]> => {
        const found: boolean[][] = [];
        const look: Callback = {
          name: "look",
          measures: (step) => step % 2 === 0,
          onStepEnd: (_, { statistics }) => {
            const units = statistics?.layers.flatMap(({ silent }) => silent);
            if (units !== undefined) found.push([units.some(Boolean), units.every(Boolean)]);
          },
        };
        const training = await openTiny(join(folder, name), {
          discriminator: undefined as never,
          losses: { loss },
          optimizer: sgd({ rate: 0.1, momentum: 0 }),
          callbacks: [look],
          epochs: 1,
        });
        await train(training, never);
        return found;
      };
      // A gradient in odd steps only, and none in the steps that are measured.
      const rare: Loss = {
        generator: ({ fake, step }) => tf.mul(tf.mean(tf.square(fake)), tf.mod(step, 2)),
      };
      const dead: Loss = { generator: ({ fake }) => tf.mul(tf.mean(tf.square(fake)), 0) };
      // Nothing is known of the time before the first measurement.
      assertEquals(await silentWith("rare", rare), [[true, true], [false, false]]);
      assertEquals(await silentWith("never", dead), [[true, true], [true, true]]);
    }));

  it("measures how often D is right", () =>
    inTemporaryFolder(async (folder) => {
      const accuracies: { real: number; fake: number }[] = [];
      const callback: Callback = {
        name: "look",
        measures: () => true,
        onStepEnd: (_, { statistics }) => {
          if (statistics?.accuracy) accuracies.push(statistics.accuracy);
        },
      };
      // Only logits above 1000 count as real: none are, so D is wrong on all real pictures.
      const losses = { gan: { ...gan(), boundary: 1000 }, l1: l1({ weight: 100 }) };
      await train(await openTiny(folder, { callbacks: [callback], losses, epochs: 1 }), never);
      assertEquals(accuracies, Array.from({ length: 4 }, () => ({ real: 0, fake: 1 })));
    }));

  it("finds nothing in a training that goes well", async () => {
    assertEquals(await rulesIn({}, 24, 0.3), []);
  });

  it("tells of a rate that is too high", async () => {
    const rules = await rulesIn(rates(1, 1));
    assert(rules.includes("rate-too-high"), `${rules}`);
  });

  it("tells of a rate that is too low", async () => {
    const rules = await rulesIn(rates(1e-10, 1e-10));
    assert(rules.includes("rate-too-low"), `${rules}`);
    assert(rules.includes("stalled-l1"), `${rules}`);
  });

  it("tells of a discriminator that only guesses", async () => {
    // No logit reaches this boundary: D calls all pictures generated, and is right on half of them.
    const blind = { ...gan(), boundary: 1000 };
    const rules = await rulesIn({ losses: { blind, l1: l1({ weight: 100 }) } });
    assert(rules.includes("d-too-weak"), `${rules}`);
  });

  it("tells of a discriminator that knows everything", async () => {
    // G learns nothing, so that D soon tells all of its pictures.
    const rules = await rulesIn(rates(1e-9, 5e-3), 24);
    assert(rules.includes("d-too-strong"), `${rules}`);
  });

  it("tells of a generator that ignores its input and repeats itself", async () => {
    // Only the offset of the last layer is left of it.
    const constant: Changes = {
      generator: (shape, seed) => {
        const model = unet({ filters: [4, 8, 8], dropout: 0 })(shape, seed);
        const output = model.layers.find(({ name }) => /^output.*convolution/.test(name))!;
        output.setWeights(output.getWeights().map((weight) => tf.zerosLike(weight)));
        return model;
      },
      ...rates(1e-9, 2e-3),
    };
    const rules = await rulesIn(constant);
    assert(rules.includes("ignores-input"), `${rules}`);
    assert(rules.includes("mode-collapse"), `${rules}`);
  });

  it("tells of units that died, and of a gradient that vanishes before them", async () => {
    // An offset far below zero in front of a ReLU: nothing passes it any more.
    const killed: Changes = {
      generator: (shape) => {
        const input = tf.input({ shape: [shape.input.height, shape.input.width, 3] });
        const layer = (name: string, filters: number, bias: number, activation: "relu" | "tanh") =>
          tf.layers.conv2d({
            ...{ name, filters, kernelSize: 3, padding: "same", activation },
            biasInitializer: tf.initializers.constant({ value: bias }),
          });
        const hidden = layer("hidden", 8, -1000, "relu").apply(input) as tf.SymbolicTensor;
        const output = layer("output", 3, 0, "tanh").apply(hidden) as tf.SymbolicTensor;
        return tf.model({ inputs: input, outputs: output });
      },
    };
    const rules = await rulesIn(killed);
    assert(rules.includes("dead-units"), `${rules}`);
    assert(rules.includes("vanishing-gradient"), `${rules}`);
  });

  it("counts dead units on after a resume", async () => {
    const found: Record<string, number> = {};
    let step = 0;
    const run = {
      say: () => {},
      record: () => {},
      find: ({ rule }: Finding) => void (found[rule] = step),
    } as unknown as TrainingRun;
    const measure = async (callback: Callback, silent: readonly boolean[]): Promise<void> => {
      step += 100;
      const layers = [{ name: "generator/up1", gradient: 1, update: 0.01, silent }];
      await callback.onStepEnd?.(run, { step, statistics: { layers } } as unknown as StepReport);
    };
    const before = health();
    for (let times = 0; times < 5; times++) await measure(before, [true, true, true, true]);
    const state = JSON.parse(JSON.stringify(before.state?.()));
    // A unit that has a gradient again is alive: a quarter of the layer is left, which is no fault.
    const [resumed, recovered] = [health(), health()];
    for (const callback of [resumed, recovered]) callback.restore?.(state);
    for (let times = 0; times < 8; times++) await measure(recovered, [true, true, true, false]);
    assertEquals(found, {});
    step = 500;
    for (let times = 0; times < 4; times++) await measure(resumed, [true, true, true, true]);
    // Silent for the eighth time at step 800, and told of at the second bad measurement.
    assertEquals(found, { "dead-units": 900 });
  });

  it("tells of a tanh that is saturated", async () => {
    const black: Changes = {
      losses: { black: { generator: ({ fake }) => tf.mean(fake) } },
      discriminator: undefined as never,
      optimizer: adam({ rate: 0.1 }),
    };
    const rules = await rulesIn(black);
    assert(rules.includes("saturated-output"), `${rules}`);
  });

  it("rejects intervals that are none", () => {
    assertThrows(() => health({ every: 0 }), RangeError, "Cannot measure health with every: 0");
    assertThrows(() => health({ pictures: 0.5 }), RangeError, "with pictures: 0.5");
  });
});
