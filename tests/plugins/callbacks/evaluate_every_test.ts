import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import type {
  InferenceMode,
  Metric,
  Picture,
  RecordReport,
  SetMetric,
  TrainingRun,
} from "../../../core/plugin.ts";
import { evaluateEvery } from "../../../plugins/callbacks/evaluate_every.ts";

function plain(level: number): Picture {
  return { data: new Uint8Array(12).fill(level), width: 2, height: 2, channels: 3 };
}

/** The mean of the prediction, in levels. */
const level: Metric = {
  name: "level",
  unit: "levels",
  better: "higher",
  measure: ({ prediction }) => tf.mul(tf.add(tf.mean(prediction, [1, 2, 3]), 1), 127.5),
};

/** How many pictures there are. */
const count: SetMetric = {
  name: "count",
  better: "higher",
  start: () => {
    let pictures = 0;
    return {
      add: ({ target }) => Promise.resolve(void (pictures += target.shape[0])),
      finish: () => pictures,
    };
  },
};

/** A run of five test pictures of the levels 0, 10, …; predictions are brighter by the mode. */
function fakeRun(): TrainingRun & { readonly told: string[]; readonly recorded: unknown[] } {
  const told: string[] = [], recorded: unknown[] = [];
  const brighter = { paper: 1, deterministic: 2, running: 3 };
  return {
    told,
    recorded,
    test: { names: ["a", "b", "c", "d", "e"] },
    testPair: (index: number) =>
      Promise.resolve({ name: "", input: plain(10 * index), target: plain(0) }),
    predict: ({ data }: Picture, mode: keyof typeof brighter) =>
      Promise.resolve(plain(data[0]! + brighter[mode])),
    record: (values: RecordReport["values"], mode: InferenceMode) =>
      Promise.resolve(void recorded.push(values, mode)),
    say: (line: string) => void told.push(line),
  } as unknown as TrainingRun & { told: string[]; recorded: unknown[] };
}

const epoch = (number: number) => ({ epoch: number, step: number, losses: {}, seconds: 1 });

describe("evaluateEvery", () => {
  before(() => tf.setBackend("cpu"));

  it("records the means over the first test pictures after each n-th epoch", async () => {
    const run = fakeRun();
    const callback = evaluateEvery(2, { metrics: [level, count], pictures: 3 });
    for (const number of [1, 2, 3, 4]) await callback.onEpochEnd?.(run, epoch(number));
    assertEquals([run.recorded.length / 2, run.recorded[1]], [2, "paper"]);
    const [{ level: mean, count: pictures }] = run.recorded as [Record<string, number>];
    assertAlmostEquals(mean!, (1 + 11 + 21) / 3, 1e-4);
    assertEquals(pictures, 3);
    assertEquals(run.told[0], "epoch 2: level 11 levels, count 3 (3 test pictures, mode paper)");
  });

  it("leaves infinite values out of the means, and says how many", async () => {
    const run = fakeRun();
    // 100 / 0, 100 / 10 and 100 / 20.
    const inverse: Metric = {
      ...level,
      name: "inverse",
      measure: (views) => tf.div(100, tf.round(tf.sub(level.measure(views), 1))),
    };
    await evaluateEvery(1, { metrics: [inverse], pictures: 3 }).onEpochEnd?.(run, epoch(1));
    const [{ inverse: mean }] = run.recorded as [Record<string, number>];
    assertAlmostEquals(mean!, 7.5, 1e-4);
    assertMatch(run.told[0]!, /inverse 7.5 levels without 1 that is infinite \(/);
  });

  it("takes as many pictures as there are, and predicts them as it is told", async () => {
    const run = fakeRun();
    const options = { metrics: [level], pictures: Infinity, mode: "running" } as const;
    await evaluateEvery(1, options).onEpochEnd?.(run, epoch(1));
    const [{ level: mean }] = run.recorded as [Record<string, number>];
    assertAlmostEquals(mean!, 23, 1e-4);
    assertEquals(run.recorded[1], "running");
  });

  it("refuses what would measure nothing", () => {
    for (const n of [0, -1, 1.5]) {
      assertThrows(() => evaluateEvery(n, { metrics: [level] }), RangeError);
    }
    for (const pictures of [0, 1.5, NaN]) {
      assertThrows(() => evaluateEvery(1, { metrics: [level], pictures }), RangeError);
    }
    assertThrows(() => evaluateEvery(1, { metrics: [] }), RangeError);
  });
});
