/** Keeping the best checkpoint and stopping early, through interruptions and kills. */
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { readMetrics } from "../../../core/runs/metrics_log.ts";
import { listCheckpoints, loadNewestCheckpoint } from "../../../core/runs/checkpoints.ts";
import type { Callback, MetricDescription } from "../../../core/plugin.ts";
import { recordPath } from "../../../core/runs/run_folder.ts";
import { type Outcome, train } from "../../../core/train/train.ts";
import { createTraining, type Training } from "../../../core/train/training.ts";
import { best } from "../../../plugins/callbacks/best.ts";
import { earlyStopping } from "../../../plugins/callbacks/early_stopping.ts";
import { evaluateEvery } from "../../../plugins/callbacks/evaluate_every.ts";
import { mae } from "../../../plugins/metrics/mae.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { plainPairs, tinyData, tinyShape, tinyWiring } from "./tiny.ts";

const never = new AbortController().signal;
const metric: MetricDescription = { name: "score", better: "higher" };

/** What is recorded at the end of each epoch: best at 1, 2 and 4, hopeless from 6 on. */
const SCORES = [1, 3, 2, 5, 4, 4, 4, 9];
const STEPS = 2;

/** A training of two steps an epoch, from its newest checkpoint on. */
async function begin(folder: string, last?: Partial<Callback>): Promise<Training> {
  const checkpoint = await loadNewestCheckpoint(join(folder, "checkpoints"), () => {});
  await Deno.writeTextFile(recordPath(folder), "{}");
  const callbacks: Callback[] = [
    // Told before the metric is: the checkpoint must hold what comes of it all the same.
    best(metric),
    { name: "save", onEpochEnd: (run) => run.save() },
    {
      name: "score",
      onEpochEnd: (run, { epoch }) => run.record({ score: SCORES[epoch - 1]! }),
    },
    earlyStopping({ metric, patience: 2 }),
    { ...last, name: "last" },
  ];
  const { discriminator: _, losses, ...others } = tinyWiring({ callbacks });
  return await createTraining({
    experiment: "tiny",
    folder,
    wiring: { ...others, losses: { l1: losses["l1"]! } },
    shape: tinyShape,
    train: plainPairs(STEPS),
    test: tinyData.test,
    epochs: SCORES.length,
    batch: 1,
    seed: 23,
    checkpoint,
  });
}

/** What must be the same of two runs: the log but for times, the checkpoints and their memory. */
async function resultOf(folder: string): Promise<unknown> {
  const { whole } = await listCheckpoints(join(folder, "checkpoints"));
  return {
    lines: (await readMetrics(folder)).map((line) => ({
      ...line,
      milliseconds: 0,
      seconds: 0,
      memory: 0,
    })),
    checkpoints: whole.map(({ state }) => ({ ...state, secondsInEpoch: 0, log: null })),
  };
}

/** As a process that is killed at the first save after an epoch that no other was killed at. */
function killedOnce(training: Training, epochs: Set<number>): Training {
  let dead = false;
  const saveIfAsked = async (): Promise<void> => {
    const { epoch, step } = training.run.done;
    if (!dead && epoch > 0 && step === epoch * STEPS && !epochs.has(epoch)) {
      epochs.add(epoch);
      dead = true;
    }
    if (dead) throw new Error("killed");
    await training.saveIfAsked();
  };
  return new Proxy(training, {
    get: (target, key) => key === "saveIfAsked" ? saveIfAsked : Reflect.get(target, key),
  });
}

describe("a training that is measured", () => {
  before(() => tf.setBackend("cpu"));

  it("keeps the best, stops when nothing is better, and ends alike however often it breaks", () =>
    inTemporaryFolder(async (folder) => {
      const [whole, interrupted, killed] = ["whole", "interrupted", "killed"].map((name) =>
        join(folder, name)
      ) as [string, string, string];
      for (const path of [whole, interrupted, killed]) await Deno.mkdir(path);

      const training = await begin(whole);
      assertEquals((await train(training, never)).end, "stopped");
      assertEquals(training.stopped, "score has not been better than 5 since epoch 4");
      const values = (await readMetrics(whole)).flatMap((line) =>
        line.kind === "metrics" ? [line.values["score"]] : []
      );
      assertEquals(values, SCORES.slice(0, 6));
      const kept = (await listCheckpoints(join(whole, "checkpoints"))).whole;
      assertEquals(kept.map(({ state: { epoch, keep, stopped } }) => [epoch, keep, stopped]), [
        [6, [], training.stopped],
        [4, ["best"], null],
      ]);
      const expected = await resultOf(whole);

      let outcome: Outcome["end"] = "interrupted";
      for (const step of [1, 4, 5, 8, Infinity]) {
        const controller = new AbortController();
        const resumed = await begin(interrupted, {
          onStepEnd: (_, report) => void (report.step === step && controller.abort()),
        });
        outcome = (await train(resumed, controller.signal)).end;
      }
      assertEquals(outcome, "stopped");
      assertEquals(await resultOf(interrupted), expected);

      const epochs = new Set<number>();
      for (let attempt = 0; attempt < 20; attempt++) {
        const resumed = await begin(killed);
        if (resumed.ended) break;
        await train(killedOnce(resumed, epochs), never).catch((error) => {
          assert(error.message === "killed", error);
        });
      }
      assertEquals([...epochs], [1, 2, 3, 4, 5, 6]);
      assertEquals(await resultOf(killed), expected);
    }));

  it("records what is measured of its predictions", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.writeTextFile(recordPath(folder), "{}");
      const training = await createTraining({
        experiment: "tiny",
        folder,
        wiring: tinyWiring({ callbacks: [evaluateEvery(1, { metrics: [mae()], pictures: 1 })] }),
        shape: tinyShape,
        train: plainPairs(1),
        test: tinyData.test,
        epochs: 1,
        batch: 1,
        seed: 23,
      });
      await train(training, never);
      const { input, target } = await training.run.testPair(0);
      const { data } = await training.run.predict(input);
      let expected = 0;
      data.forEach((level, i) => {
        expected += Math.abs(level - target.data[i]!) / data.length;
      });
      const line = (await readMetrics(folder)).at(-1);
      assert(line?.kind === "metrics" && line.step === 1 && line.epoch === 1);
      assert(Math.abs(line.values["mae"]! - expected) < 1e-3, `${line.values["mae"]} ${expected}`);
    }));
});
