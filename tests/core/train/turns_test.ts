import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { startWasm } from "../../../core/backends/wasm/backend.ts";
import { readMetrics } from "../../../core/runs/metrics_log.ts";
import { buildNetworks, namedVariables } from "../../../core/model/networks.ts";
import { createStep } from "../../../core/train/step.ts";
import { networksToTrain, type Turn } from "../../../core/train/position.ts";
import { startOptimizers } from "../../../core/model/optimizers.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { trainIn } from "./outcome.ts";
import { tinyShape, tinyWiring } from "./tiny.ts";

/** What a step updates of two networks, told by their kernels. */
function learners(turn: Turn, order: "alternate" | "simultaneous"): string[] {
  const wiring = tinyWiring();
  const networks = buildNetworks(wiring, tinyShape, 1);
  const optimizers = { generator: adam(), discriminator: adam() };
  const updates = startOptimizers(networks, optimizers);
  const { losses } = wiring;
  const step = createStep({ networks, losses, updates, order });
  const { input: { height, width, channels } } = tinyShape;
  const picture = tf.randomUniform<tf.Rank.R4>([1, height, width, channels], -1, 1);
  const values = (): [string, string][] =>
    Object.entries(networks).flatMap(([network, model]) =>
      [...namedVariables(model)].filter(([name]) => name.endsWith("kernel")).map((
        [name, variable],
      ): [string, string] => [`${network}/${name}`, variable.dataSync().join()])
    );
  const first = new Map(values());
  const rate = tf.scalar(0.1);
  const rates = { generator: rate, discriminator: rate };
  const result = step({ input: picture, target: picture }, tf.scalar(1, "int32"), rates, turn);
  assertEquals(
    Object.keys(result.losses).filter((name) => !name.includes(".")).sort(),
    turn === "both" ? ["discriminator", "generator"] : [turn],
  );
  const changed = values().filter(([name, value]) => first.get(name) !== value);
  return [...new Set(changed.map(([name]) => name.split("/")[0]!))].sort();
}

describe("taking turns", () => {
  // Several times as fast as tfjs' own.
  let engine: { close(): void };
  before(async () => {
    engine = await startWasm();
  });
  after(() => engine.close());

  it("has both networks learn in every step, unless told otherwise", () => {
    assertEquals([1, 2, 3].map((step) => networksToTrain(step, {})), ["both", "both", "both"]);
  });

  it("ends five updates of D with one of G, for a critic", () => {
    const turns = Array.from(
      { length: 10 },
      (_, index) => networksToTrain(index + 1, { discriminatorSteps: 5 }),
    );
    const round = [...Array(4).fill("discriminator"), "both"];
    assertEquals(turns, [...round, ...round]);
  });

  it("begins two updates of G with one of D", () => {
    const turns = [1, 2, 3, 4].map((step) => networksToTrain(step, { generatorSteps: 2 }));
    assertEquals(turns, ["both", "generator", "both", "generator"]);
  });

  for (const order of ["alternate", "simultaneous"] as const) {
    it(`changes no weight of the network whose turn it is not (${order})`, () => {
      assertEquals(learners("both", order), ["discriminator", "generator"]);
      assertEquals(learners("discriminator", order), ["discriminator"]);
      assertEquals(learners("generator", order), ["generator"]);
    });
  }

  it("shows D fresh pictures in each step, and logs only the losses of those that learn", () =>
    inTemporaryFolder(async (folder) => {
      await trainIn(folder, { discriminatorSteps: 3 });
      const lines = await readMetrics(folder);
      const steps = lines.filter((line) => line.kind === "step");
      assertEquals(
        steps.map(({ losses }) => "generator" in losses),
        [false, false, true, false, false, true, false, false],
      );
      assertEquals(steps.every(({ losses }) => "discriminator" in losses), true);
      const seen = steps.slice(0, 4).flatMap(({ pairs }) => pairs).sort();
      assertEquals(seen, ["pair0", "pair1", "pair2", "pair3"]);
    }));

  it("takes an epoch's means over the steps that have a loss", () =>
    inTemporaryFolder(async (folder) => {
      await trainIn(folder, { generatorSteps: 2 });
      const lines = await readMetrics(folder);
      const [epoch] = lines.filter((line) => line.kind === "epoch");
      const steps = lines.filter((line) => line.kind === "step").slice(0, 4);
      for (const [name, count] of [["generator", 4], ["discriminator", 2]] as const) {
        const sum = steps.reduce((sum, { losses }) => sum + (losses[name] ?? 0), 0);
        assertAlmostEquals(epoch!.losses[name]!, sum / count, 1e-9);
      }
    }));
});
