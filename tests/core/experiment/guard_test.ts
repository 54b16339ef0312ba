/** What guards must not lose: every field of a part's type. */
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { guardParts } from "../../../core/experiment/guard.ts";
import type { Callback, Loss, Optimizer, Schedule, Views, Wiring } from "../../../core/plugin.ts";
import { tinyData, tinyShape, tinyWiring } from "../train/tiny.ts";

const views = {} as Views;
const valueOf = (scalar: tf.Scalar | undefined): number | undefined => scalar?.dataSync()[0];

/** Guards a wiring that differs in these parts. */
const guard = (changes: Partial<Wiring>): Wiring => guardParts(tinyWiring(changes));

describe("a guarded part", () => {
  it("keeps what a data source opens, and its pairs", async () => {
    const { data } = guard({
      data: { open: () => Promise.resolve({ ...tinyData, levels: [0, 9] }) },
    });
    const { train, test, ...rest } = await data.open();
    const { train: given, test: _, ...others } = tinyData;
    assertEquals(rest, { ...others, levels: [0, 9] });
    assertEquals([train.names, test.names], [given.names, tinyData.test.names]);
    assertEquals(await train.load(1), await given.load(1));
  });

  it("keeps every field of a loss, and what each returns", async () => {
    let prepared = 0;
    // Required: a field that is added to Loss does not compile until it is added here.
    const loss: Required<Loss> = {
      boundary: 0.25,
      prepare: () => void prepared++,
      generator: () => tf.scalar(3),
      discriminator: () => tf.scalar(5),
    };
    const guarded = guard({ losses: { loss } }).losses["loss"]!;
    assertEquals(Object.keys(guarded).sort(), Object.keys(loss).sort());
    assertEquals(guarded.boundary, 0.25);
    await guarded.prepare?.();
    assertEquals(prepared, 1);
    assertEquals(valueOf(guarded.generator?.(views)), 3);
    assertEquals(valueOf(guarded.discriminator?.(views)), 5);
  });

  it("adds no field to a loss that leaves them out, and keeps a boundary of 0", () => {
    const { empty, zero } = guard({ losses: { empty: {}, zero: { boundary: 0 } } }).losses;
    assertEquals(empty, {});
    assertEquals(zero, { boundary: 0 });
  });

  it("hands a network shape and seed, and returns its very model", () => {
    const input = tf.input({ shape: [32, 32, 3] });
    const model = tf.model({
      inputs: input,
      outputs: tf.layers.reLU().apply(input) as typeof input,
    });
    const given: unknown[] = [];
    const build = (...all: unknown[]) => {
      given.push(all);
      return model;
    };
    const { generator, discriminator } = guard({ generator: build, discriminator: build });
    assert(generator(tinyShape, 7) === model);
    assert(discriminator?.(tinyShape, 8) === model);
    assertEquals(given, [[tinyShape, 7], [tinyShape, 8]]);
  });

  it("keeps every field of an optimizer and what a schedule watches", () => {
    const rate: Schedule = Object.assign(() => 0.5, { watches: "l1" });
    const optimizer: Required<Optimizer> = { rate, start: () => ({ state: {}, apply: () => {} }) };
    const guarded = guard({ optimizer }).optimizer as Optimizer;
    assertEquals(Object.keys(guarded).sort(), Object.keys(optimizer).sort());
    assertEquals((guarded.rate as Schedule).watches, "l1");
    assertEquals(
      (guarded.rate as Schedule)({ epoch: 0, epochs: 1, step: 0, stepsPerEpoch: 1 }),
      0.5,
    );
  });

  it("keeps every field of a callback, and calls its hooks on it", () => {
    const called: string[] = [];
    const note = (name: string) =>
      function (this: unknown) {
        assert(this === callback);
        called.push(name);
      };
    const callback: Required<Callback> = {
      name: "all",
      records: ["score"],
      mode: "running",
      split: "validation",
      chooses: "psnr",
      measures: () => true,
      state: () => 3,
      restore: note("restore"),
      onTrainBegin: note("onTrainBegin"),
      onStepEnd: note("onStepEnd"),
      onEpochEnd: note("onEpochEnd"),
      onRecord: note("onRecord"),
      onInterrupt: note("onInterrupt"),
      onTrainEnd: note("onTrainEnd"),
      onError: note("onError"),
    };
    const [guarded] = guard({ callbacks: [callback] }).callbacks!;
    assertEquals(Object.keys(guarded!).sort(), Object.keys(callback).sort());
    const { name, records, mode, split, chooses, ...hooks } = guarded!;
    assertEquals(
      [name, records, mode, split, chooses],
      ["all", ["score"], "running", "validation", "psnr"],
    );
    assertEquals([hooks.measures?.(1), hooks.state?.()], [true, 3]);
    const { measures: _, state: __, ...rest } = hooks;
    for (const hook of Object.values(rest) as (() => void)[]) hook();
    assertEquals(called.sort(), Object.keys(rest).sort());
  });
});
