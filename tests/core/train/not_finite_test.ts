import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { afterEach, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import type { NotFinitePolicy } from "../../../core/runs/run_folder.ts";
import { readMetrics } from "../../../core/runs/metrics_log.ts";
import { asNotFinite, NotFiniteError, requireFinite } from "../../../core/ops/require_finite.ts";
import type { Callback, Loss } from "../../../core/plugin.ts";
import { recordPath } from "../../../core/runs/run_folder.ts";
import { train } from "../../../core/train/train.ts";
import { createTraining } from "../../../core/train/training.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { tinyData, tinyShape, tinyWiring } from "./tiny.ts";

const never = new AbortController().signal;

/** A term for G that is 0, and so is its gradient, but NaN or its gradient in one step. */
const breaks = (what: "loss" | "gradient", inStep: number = 3): Loss => ({
  generator: ({ fake, step }) => {
    const now = tf.cast(tf.equal(step, inStep), "float32");
    // 0 / 0 in that step, else 0 / 1; the root of 0 has an infinite slope, which times 0 is NaN.
    if (what === "loss") return tf.div(tf.mul(tf.sum(fake), 0), tf.sub(1, now)) as tf.Scalar;
    const zero = tf.mul(tf.sum(fake), 0);
    return tf.mul(tf.sqrt(tf.add(zero, tf.sub(1, now))), 0) as tf.Scalar;
  },
});

interface Result {
  readonly steps: number[];
  readonly weights: number[];
}

/** Of both networks, and what their optimizers remember. */
function allWeights(): number[] {
  const variables = Object.values(tf.engine().registeredVariables);
  return variables.flatMap((variable) => [...variable.dataSync()]);
}

/** Trains the tiny experiment for one epoch of four steps. */
async function trained(
  folder: string,
  losses: Record<string, Loss>,
  notFinite: NotFinitePolicy,
  callbacks: Callback[] = [],
  epochs = 1,
): Promise<Result> {
  await Deno.writeTextFile(recordPath(folder), "{}");
  const training = await createTraining({
    experiment: "tiny",
    folder,
    wiring: tinyWiring({ losses: { ...tinyWiring().losses, ...losses }, callbacks }),
    shape: tinyShape,
    train: tinyData.train,
    test: tinyData.test,
    epochs,
    batch: 1,
    seed: 23,
    notFinite,
  });
  await train(training, never);
  return {
    steps: (await readMetrics(folder)).filter(({ kind }) => kind === "step").map(({ step }) =>
      step
    ),
    weights: allWeights(),
  };
}

describe("requireFinite", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("gives back what is finite", () => {
    assertEquals([...requireFinite(tf.tensor1d([1, -2]), "it").dataSync()], [1, -2]);
  });

  for (const value of [NaN, Infinity, -Infinity]) {
    it(`names what holds a ${value}`, () => {
      try {
        requireFinite(tf.tensor1d([1, value, 2]), "the sum");
      } catch (error) {
        assert(error instanceof NotFiniteError);
        assertEquals(error.what, "the sum");
        return;
      }
      throw new Error("it should have been refused");
    });
  }

  it("is recognised within an engine's own error", () => {
    const words =
      'run op "x": Cannot go on: the loss "generator" is not finite : Tensor had NaN values';
    assertEquals(asNotFinite(new Error(words))?.what, 'the loss "generator"');
    assertEquals(asNotFinite(new Error("out of memory")), undefined);
  });
});

describeOnEngines("a training in which a number is not finite", () => {
  afterEach(() => tf.disposeVariables());

  it("stops before it reaches a weight, names it and the picture, and keeps the pictures", () =>
    inTemporaryFolder(async (folder) => {
      const error = await assertRejects(
        () => trained(folder, { broken: breaks("loss") }, "stop"),
        Error,
        'the loss "generator.broken" is not finite in step 3 ("pair',
      );
      const kept = join(folder, "failures", "step-00000003");
      assert(error.message.includes(kept), error.message);
      const names = [...Deno.readDirSync(kept)].map(({ name }) => name).sort();
      assertEquals(names, ["0_input.png", "0_target.png", "failure.json"]);
      const variables = Object.values(tf.engine().registeredVariables);
      assert(variables.every((variable) => variable.dataSync().every(Number.isFinite)));
    }));

  it("names the weight whose gradient it is", () =>
    inTemporaryFolder(async (folder) => {
      await assertRejects(
        () => trained(folder, { broken: breaks("gradient") }, "stop"),
        Error,
        'the gradient of "generator/',
      );
    }));

  it("skips the batch where that is wanted, and goes on with finite weights", () =>
    inTemporaryFolder(async (folder) => {
      const { steps, weights } = await trained(
        folder,
        { broken: breaks("gradient") },
        "skip",
      );
      assertEquals(steps, [1, 2, 4]);
      assert(weights.every(Number.isFinite));
      const epoch = (await readMetrics(folder)).at(-1);
      assert(epoch?.kind === "epoch" && Object.values(epoch.losses).every(Number.isFinite));
    }));

  it("ends where every batch would have to be skipped", () =>
    inTemporaryFolder(async (folder) => {
      const never: Loss = { generator: ({ fake }) => tf.div(tf.mul(tf.sum(fake), 0), 0) };
      await assertRejects(
        () => trained(folder, { never }, "skip", [], 3),
        Error,
        "10 steps in a row were skipped",
      );
    }));

  for (const what of ["loss", "gradient"] as const) {
    it(`leaves nothing of a batch that is skipped for a ${what} of G's, though D was updated`, () =>
      inTemporaryFolder(async (folder) => {
        let before: number[] = [];
        const note: Callback = {
          name: "note",
          onStepEnd: () => {
            before = allWeights();
          },
        };
        const { steps, weights } = await trained(folder, { broken: breaks(what, 4) }, "skip", [
          note,
        ]);
        assertEquals(steps, [1, 2, 3]);
        assertEquals(weights, before);
      }));
  }

  it("goes back to the last checkpoint where that is wanted, and leaves the batch out", () =>
    inTemporaryFolder(async (folder) => {
      const save: Callback = {
        name: "save",
        onStepEnd: (run, { step }) => {
          if (step === 1) run.save();
        },
      };
      const seen: number[] = [];
      const note: Callback = { name: "note", onStepEnd: (_, { step }) => void seen.push(step) };
      const { steps, weights } = await trained(
        folder,
        { broken: breaks("loss") },
        "roll-back",
        [save, note],
      );
      assertEquals(seen, [1, 2, 2, 4]);
      assertEquals(steps, [1, 2, 4]);
      assert(weights.every(Number.isFinite));
    }));
});
