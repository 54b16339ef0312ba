/** Whatever changes how a training goes: a resumed or compiled one goes the same way, to the bit. */
import { assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { skip, start } from "../backends/tensorflow/installed.ts";
import { l1 } from "../../../plugins/losses/l1.ts";
import { wasserstein } from "../../../plugins/losses/wasserstein.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { plateau } from "../../../plugins/schedules/plateau.ts";
import { type Changes, trainIn, trainUntil } from "./outcome.ts";

const DYNAMICS: Readonly<Record<string, Changes>> = {
  "three updates of D for one of G": { discriminatorSteps: 3 },
  "two updates of G for one of D": { generatorSteps: 2, order: "simultaneous" },
  "a rate that falls at a plateau": {
    optimizer: adam({
      rate: plateau({ rate: 2e-3, metric: { name: "score", better: "higher" }, patience: 0 }),
    }),
    callbacks: [{
      name: "score",
      records: ["score"],
      onEpochEnd: (run) => run.record({ score: 1 }),
    }],
    epochs: 3,
  },
  "a pool of earlier fakes": { replay: { size: 2 } },
  "a pool of earlier fakes for a critic, smaller than a batch, and an average": {
    replay: { size: 2, probability: 0.75 },
    losses: { wasserstein: wasserstein(), l1: l1() },
    discriminatorSteps: 2,
    average: { decay: 0.9 },
    order: "simultaneous",
  },
  "an average of G": { average: { decay: 0.6 } },
};

describe("training dynamics", { skip }, () => {
  let engine: { close(): void };
  before(async () => {
    engine = await start();
  });
  after(() => engine.close());

  for (const [name, changes] of Object.entries(DYNAMICS)) {
    it(`${name}: goes on from the middle of an epoch as if never interrupted`, () =>
      inTemporaryFolder(async (folder) => {
        const whole = await trainIn(join(folder, "whole"), changes);
        for (const step of [2, 5]) {
          const broken = join(folder, `broken ${step}`);
          await trainUntil(step, broken, changes);
          assertEquals(await trainIn(broken, changes), whole, `after step ${step}`);
        }
      }));

    it(`${name}: does the same compiled, in batches of three and one`, () =>
      inTemporaryFolder(async (folder) => {
        const batches: Changes = { ...changes, batch: 3 };
        const expected = await trainIn(join(folder, "off"), { ...batches, compile: "off" });
        assertEquals(await trainIn(join(folder, "on"), { ...batches, compile: "on" }), expected);
      }));
  }
});
