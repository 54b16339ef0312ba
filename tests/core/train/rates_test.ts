/** Rates, labels and clipping as a whole training has them. */
import * as tf from "@tensorflow/tfjs";
import type { Variable } from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { startWasm } from "../../../core/backends/wasm/backend.ts";
import type { Callback, Optimizer } from "../../../core/plugin.ts";
import { gan } from "../../../plugins/losses/gan.ts";
import { hinge } from "../../../plugins/losses/hinge.ts";
import { leastSquares } from "../../../plugins/losses/least_squares.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { clipNorm } from "../../../plugins/optimizers/clip_norm.ts";
import { clipValue } from "../../../plugins/optimizers/clip_value.ts";
import { sgd } from "../../../plugins/optimizers/sgd.ts";
import { constant } from "../../../plugins/schedules/constant.ts";
import { plateau } from "../../../plugins/schedules/plateau.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { type Changes, trainIn } from "./outcome.ts";
import { tinyWiring } from "./tiny.ts";

/** What was updated in one step: the rate, and by how much each number of the weights changed. */
interface Update {
  readonly rate: number;
  readonly changes: readonly number[];
}

/** An optimizer whose every update is noted. */
function noted(optimizer: Optimizer, updates: Update[]): Optimizer {
  const valuesOf = (variables: readonly Variable[]): number[] =>
    variables.flatMap((variable) => [...variable.dataSync()]);
  return {
    rate: optimizer.rate,
    start: (variables) => {
      const { state, apply } = optimizer.start(variables);
      return {
        state,
        apply: (gradients, rate) => {
          const before = valuesOf(variables);
          apply(gradients, rate);
          const changes = valuesOf(variables).map((value, i) => value - before[i]!);
          updates.push({ rate: rate.dataSync()[0]!, changes });
        },
      };
    },
  };
}

/** The updates of both networks in one epoch. */
async function updatesIn(
  folder: string,
  generator: Optimizer,
  discriminator: Optimizer,
  changes: Changes = {},
): Promise<{ generator: Update[]; discriminator: Update[] }> {
  const updates = { generator: [] as Update[], discriminator: [] as Update[] };
  const optimizer = {
    generator: noted(generator, updates.generator),
    discriminator: noted(discriminator, updates.discriminator),
  };
  await trainIn(folder, { epochs: 1, optimizer, ...changes });
  return updates;
}

const lengthOf = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));

describe("a training", () => {
  let engine: { close(): void };
  before(async () => {
    engine = await startWasm();
  });
  after(() => engine.close());

  it("has a rate for each network, and an optimizer too (two time scales)", () =>
    inTemporaryFolder(async (folder) => {
      const { generator, discriminator } = await updatesIn(
        folder,
        adam({ rate: constant(1e-4) }),
        sgd({ rate: 4e-4 }),
      );
      const rates = (updates: Update[]): number[] => updates.map(({ rate }) => Math.fround(rate));
      assertEquals(rates(generator), Array(4).fill(Math.fround(1e-4)));
      assertEquals(rates(discriminator), Array(4).fill(Math.fround(4e-4)));
      // Adam's first step is the rate wherever there is a gradient.
      const largest = Math.max(...generator[0]!.changes.map(Math.abs));
      assertAlmostEquals(largest, 1e-4, 1e-6);
    }));

  it("lowers the rate of the one network whose loss has stopped getting better", () =>
    inTemporaryFolder(async (folder) => {
      const scores = [5, 5, 5, 4];
      const score: Callback = {
        name: "score",
        records: ["score"],
        onEpochEnd: (run, { epoch }) => run.record({ score: scores[epoch - 1]! }),
      };
      const metric = { name: "score", better: "lower" } as const;
      const { generator, discriminator } = await updatesIn(
        folder,
        sgd({ rate: plateau({ rate: 0.5, metric, factor: 0.5, patience: 0 }) }),
        sgd({ rate: 0.25 }),
        { epochs: 4, batch: 4, callbacks: [score] },
      );
      assertEquals(generator.map(({ rate }) => rate), [0.5, 0.5, 0.25, 0.125]);
      assertEquals(discriminator.map(({ rate }) => rate), [0.25, 0.25, 0.25, 0.25]);
    }));

  it("takes no step that is longer than clipped gradients allow", () =>
    inTemporaryFolder(async (folder) => {
      const rate = 0.5;
      const { generator, discriminator } = await updatesIn(
        folder,
        clipNorm(sgd({ rate }), { norm: 0.01 }),
        clipValue(sgd({ rate }), { value: 1e-3 }),
      );
      // L1 times 100 gives G's gradients a length of far more than that.
      for (const { changes } of generator) {
        assertAlmostEquals(lengthOf(changes), rate * 0.01, 1e-5);
      }
      for (const { changes } of discriminator) {
        const largest = Math.max(...changes.map(Math.abs));
        assert(largest <= rate * 1e-3 + 1e-7, `D changed by ${largest}`);
      }
    }));

  for (const [name, loss] of Object.entries({ gan, leastSquares })) {
    it(`smooths D's label of real pictures, and not what G asks for: ${name}`, () =>
      inTemporaryFolder(async (folder) => {
        const firstOf = async (realLabel: number): Promise<Record<string, number>> => {
          const losses = { ...tinyWiring().losses, gan: loss({ realLabel }) };
          // Both from one forward pass: G's loss does not depend on what D has just learnt.
          const changes: Changes = { losses, order: "simultaneous", epochs: 1, batch: 4 };
          return (await trainIn(`${folder}/${realLabel}`, changes)).losses[0]!;
        };
        const [sharp, smooth] = [await firstOf(1), await firstOf(0.9)];
        assertEquals(smooth["generator.gan"], sharp["generator.gan"]);
        assert(smooth["discriminator.gan"] !== sharp["discriminator.gan"]);
      }));
  }

  it("needs no smoothed label with the hinge: D gains nothing by being surer than its margin", () => {
    const logits = (value: number): tf.Tensor4D[] => [tf.fill([1, 2, 2, 1], value)];
    const [first, surer] = [1, 9].map((value) =>
      hinge().discriminator!(
        { realLogits: logits(value), fakeLogits: logits(-value) } as never,
      ).dataSync()[0]
    );
    assertEquals([first, surer], [0, 0]);
  });
});
