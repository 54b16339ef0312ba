/** Experiments that no compiler has checked, broken in every way: each error names the part. */
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { experiment } from "../../../core/experiment/experiment.ts";
import { type ExperimentModule, planExperiment } from "../../../core/experiment/plan.ts";
import { vary } from "../../../core/experiment/vary.ts";
import { openData } from "../../../core/runs/reopen.ts";
import { train } from "../../../core/train/train.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { openTiny } from "../train/outcome.ts";
import { plainPairs, tinyData, tinyWiring } from "../train/tiny.ts";

/** Parts as JavaScript takes them. */
type Parts = Record<string, unknown>;

const fine = (): Parts => tinyWiring() as unknown as Parts;

const moduleOf = (setup: () => unknown): ExperimentModule => ({
  name: "broken",
  module: "broken",
  url: new URL("file:///broken.js"),
  source: "",
  sha256: "",
  experiment: experiment({ size: 32 }, setup as () => ReturnType<typeof tinyWiring>),
});

/** Plans, opens and trains an experiment, as `deno task train` does. */
async function trainBroken(module: ExperimentModule): Promise<void> {
  const plan = planExperiment(module, {});
  const { train: pairs, test } = await openData(plan);
  await inTemporaryFolder(async (folder) => {
    const parts = { ...plan.wiring, train: pairs, test, epochs: 1 };
    const { shape: _, ...wiring } = parts;
    await train(await openTiny(folder, wiring), new AbortController().signal);
  });
}

const boom = (): never => {
  throw new TypeError("boom");
};
const later = <T>(value: T): Promise<T> => Promise.resolve(value);
const picture = { data: new Uint8Array(32 * 32 * 3), width: 32, height: 32, channels: 3 };
const good = plainPairs(2);
const opens = (changes: Parts) => ({ data: { open: () => later({ ...tinyData, ...changes }) } });
const loads = (load: (index: number) => unknown) => opens({ train: { names: good.names, load } });
const adds = (name: string, loss: unknown) => ({
  losses: { ...fine()["losses"] as Parts, [name]: loss },
});
const rule = { state: {}, apply: () => {} };
const optimizer = (changes: Parts) => ({
  optimizer: { rate: 1e-3, start: () => rule, ...changes },
});
const watches = (callback: Parts) => ({ callbacks: [{ name: "mine", ...callback }] });
const inputs = (count: number) => () => {
  const x = Array.from({ length: count }, () => tf.input({ shape: [32, 32, 3] }));
  const y = tf.layers.concatenate({}).apply(x) as tf.SymbolicTensor;
  const logits = tf.layers.conv2d({ filters: 1, kernelSize: 4 }).apply(y) as tf.SymbolicTensor;
  return tf.model({ inputs: x, outputs: logits });
};

/** What is broken, the parts that are, and what the message must say. */
const BROKEN: readonly (readonly [string, Parts, ...string[]])[] = [
  ["no data", { data: undefined }, "no data", "folderPairs"],
  ["data of null", { data: null }, "Cannot use data: it is null", "method open"],
  ["a path as data", { data: "dataset" }, 'Cannot use data: it is "dataset"'],
  ["a promise of data", { data: later({}) }, "Cannot use data: it is a promise", "Await it"],
  ["data without open", { data: { load: boom } }, "Cannot use data.open: it is undefined"],
  ["open that throws", { data: { open: boom } }, "data.open() failed", "boom"],
  [
    "open that rejects",
    { data: { open: () => Promise.reject(new Error("boom")) } },
    "data.open() failed",
    "boom",
  ],
  ["open that gives nothing", { data: { open: () => undefined } }, "data.open()", "undefined"],
  ["no train", opens({ train: undefined }), "data.open().train", "undefined"],
  ["no test", opens({ test: undefined }), "data.open().test", "undefined"],
  ["no pairs", opens({ train: { names: [], load: boom } }), "data.open().train holds no pairs"],
  [
    "names that are none",
    opens({ train: { names: "abc", load: boom } }),
    "data.open().train.names",
    '"abc"',
  ],
  [
    "names of numbers",
    opens({ train: { names: [1, 2], load: boom } }),
    "data.open().train.names",
    "a list of texts",
  ],
  [
    "a data set without load",
    opens({ train: { names: ["a"] } }),
    "data.open().train.load",
    "undefined",
  ],
  ["no description", opens({ description: undefined }), "data.open().description"],
  ["a fingerprint of numbers", opens({ fingerprint: 5 }), "data.open().fingerprint", "5"],
  ["levels of one number", opens({ levels: [255] }), "data.levels", "e.g. [0, 4095]"],
  ["levels that are alike", opens({ levels: [1, 1] }), "data.levels", "e.g. [0, 4095]"],
  [
    "no pairs for validation",
    opens({ validation: { names: [], load: boom } }),
    "data.validation has no pairs",
  ],
  [
    "validation by a pair that trains",
    opens({ validation: { names: ["pair0"], load: boom } }),
    'the pair "pair0" is for validation, and trains or tests too',
  ],
  ["load that throws", loads(boom), "data.open().train.load(", "failed", "boom"],
  [
    "load that throws a text",
    loads(() => {
      throw "boom";
    }),
    "data.open().train.load(",
    "boom",
  ],
  [
    "load that rejects",
    loads(() => Promise.reject(new Error("boom"))),
    "data.open().train.load(",
    "failed",
    "boom",
  ],
  ["load that gives null", loads(() => null), "data.open().train.load(", "null"],
  [
    "a pair without a target",
    loads((i) => ({ name: good.names[i], input: picture })),
    ".target",
    "undefined",
  ],
  [
    "a pair without a name",
    loads(() => ({ input: picture, target: picture })),
    ".name",
    "undefined",
  ],
  [
    "names that lie",
    loads(() => ({ name: "other", input: picture, target: picture })),
    "names[",
    '"other"',
  ],
  [
    "a picture of no size",
    loads((i) => ({ name: good.names[i], input: { ...picture, width: 0 }, target: picture })),
    ".input",
    "0x32",
  ],
  [
    "a picture of no number",
    loads((i) => ({ name: good.names[i], input: { ...picture, height: NaN }, target: picture })),
    ".input",
    "32xNaN",
  ],
  [
    "a picture of a list",
    loads((i) => ({ name: good.names[i], input: { ...picture, data: [1, 2] }, target: picture })),
    ".input.data",
    "a list",
  ],
  [
    "a picture that is cut",
    loads((i) => ({
      name: good.names[i],
      input: picture,
      target: { ...picture, data: new Uint8Array(5) },
    })),
    ".target",
    "5 values",
  ],
  ["an augment that is none", { augment: {} }, "Cannot use augment: it is an object"],
  ["an augment that throws", { augment: boom }, "augment failed", "boom"],
  [
    "an augment that rejects",
    { augment: () => Promise.reject(new Error("boom")) },
    "augment failed",
    "boom",
  ],
  [
    "an augment that gives nothing",
    { augment: () => {} },
    "Cannot use augment: it returned undefined",
  ],
  [
    "an augment that gives a picture",
    { augment: () => picture },
    "Cannot use augment.name: it returned undefined",
  ],
  ["no generator", { generator: undefined }, "no generator", "unet()"],
  ["a generator of null", { generator: null }, "Cannot use generator: it is null"],
  ["a model as generator", { generator: { layers: [] } }, "Cannot use generator: it is an object"],
  ["a promise as generator", { generator: later(boom) }, "Cannot use generator: it is a promise"],
  [
    "a generator that gives a promise",
    { generator: () => later({}) },
    "Cannot use generator: it returned a promise",
  ],
  [
    "a generator that gives null",
    { generator: () => null },
    "Cannot use generator: it returned null",
  ],
  [
    "a generator that gives an object",
    { generator: () => ({}) },
    "Cannot use generator: it returned an object",
  ],
  ["a generator that throws", { generator: boom }, "Cannot build the generator", "boom"],
  [
    "a text as discriminator",
    { discriminator: "patchGan" },
    'Cannot use discriminator: it is "patchGan"',
  ],
  [
    "a discriminator that gives nothing",
    { discriminator: () => {} },
    "Cannot use discriminator: it returned undefined",
  ],
  [
    "a discriminator that throws",
    { discriminator: boom },
    "Cannot build the discriminator",
    "boom",
  ],
  [
    "a discriminator of three inputs",
    { discriminator: inputs(3) },
    "the discriminator's input",
    "expected",
  ],
  ["no losses", { losses: undefined }, "no losses", "l1()"],
  ["a list of losses", { losses: [] }, "Cannot use losses: it is a list"],
  ["losses of null", { losses: null }, "Cannot use losses: it is null"],
  ["a loss of null", adds("mine", null), "Cannot use losses.mine: it is null"],
  ["a loss that is a function", adds("mine", boom), "Cannot use losses.mine: it is a function"],
  ["a loss without a term", adds("mine", {}), "Cannot use losses.mine: it has no term"],
  [
    "a term that is a number",
    adds("mine", { generator: 5 }),
    "Cannot use losses.mine.generator: it is 5",
  ],
  ["a loss that throws", adds("mine", { generator: boom }), "losses.mine.generator failed", "boom"],
  [
    "a loss that gives a number",
    adds("mine", { generator: () => 5 }),
    "losses.mine.generator: it returned 5",
  ],
  [
    "a loss that gives a promise",
    adds("mine", { generator: () => later(5) }),
    "losses.mine.generator: it returned a promise",
  ],
  [
    "a loss that gives nothing",
    adds("mine", { generator: () => {} }),
    "losses.mine.generator: it returned undefined",
  ],
  [
    "a loss that gives a picture",
    adds("mine", { generator: ({ fake }: { fake: unknown }) => fake }),
    '"generator.mine"',
    "scalar",
  ],
  [
    "a loss whose prepare throws",
    adds("mine", { prepare: boom, generator: boom }),
    "losses.mine.prepare failed",
    "boom",
  ],
  [
    "a loss whose prepare rejects",
    adds("mine", { prepare: () => Promise.reject(new Error("boom")), generator: boom }),
    "losses.mine.prepare failed",
  ],
  ["no optimizer", { optimizer: undefined }, "no optimizer", "adam()"],
  ["an optimizer of a word", { optimizer: "adam" }, 'Cannot use optimizer: it is "adam"'],
  [
    "an optimizer without start",
    { optimizer: { rate: 1 } },
    "Cannot use optimizer.start: it is undefined",
  ],
  [
    "half an optimizer",
    { optimizer: { generator: optimizer({}).optimizer } },
    "Cannot use optimizer.discriminator",
  ],
  ["a rate of a word", optimizer({ rate: "fast" }), 'Cannot use optimizer.rate: it is "fast"'],
  ["a rate below 0", optimizer({ rate: -1 }), "Cannot use optimizer.rate: it is -1"],
  ["a rate of NaN", optimizer({ rate: NaN }), "Cannot use optimizer.rate: it is NaN"],
  [
    "a schedule that gives a word",
    optimizer({ rate: () => "fast" }),
    'Cannot use optimizer.rate: it returned "fast"',
  ],
  ["a schedule that throws", optimizer({ rate: boom }), "optimizer.rate failed", "boom"],
  ["start that throws", optimizer({ start: boom }), "optimizer.start failed", "boom"],
  [
    "start that gives nothing",
    optimizer({ start: () => {} }),
    "Cannot use optimizer.start: it returned undefined",
  ],
  [
    "apply that throws",
    optimizer({ start: () => ({ state: {}, apply: boom }) }),
    "optimizer.apply failed",
    "boom",
  ],
  [
    "an unknown order",
    { order: "altenate" },
    'Cannot use order: "altenate"',
    'Did you mean "alternate"?',
  ],
  ["an unknown resize", { resize: "lanczos" }, 'Cannot use resize: "lanczos"', '"cubic"'],
  ["an unknown fit", { fit: "contain" }, 'Cannot use fit: "contain"', '"cover"'],
  ["unknown colours", { colours: 5 }, "Cannot use colours: 5", '"lab"'],
  ["shuffle of a word", { shuffle: "no" }, 'Cannot use shuffle: it is "no"'],
  ["an average of a number", { average: 0.999 }, "Cannot use average: it is 0.999"],
  ["a replay of a number", { replay: 50 }, "Cannot use replay: it is 50"],
  ["channels of a number", { channels: 3 }, "Cannot use channels: it is 3"],
  ["a shape of nothing", { shape: {} }, "undefinedxundefined"],
  ["steps of a word", { discriminatorSteps: "5" }, "discriminatorSteps"],
  [
    "callbacks that are no list",
    { callbacks: { name: "mine" } },
    "Cannot use callbacks: it is an object",
  ],
  ["a callback of null", { callbacks: [null] }, "Cannot use callbacks[0]: it is null"],
  [
    "a callback that is a function",
    { callbacks: [boom] },
    "Cannot use callbacks[0]: it is a function",
  ],
  [
    "a callback without a name",
    { callbacks: [{ onEpochEnd: boom }] },
    "Cannot use callbacks[0].name",
  ],
  ["records of a word", watches({ records: "psnr" }), "Cannot use callbacks[0].records"],
  ["a hook that is none", watches({ onEpochEnd: 5 }), "callbacks[0].onEpochEnd", '"mine"'],
  ["a misspelt hook", watches({ onEpochend: boom }), '"mine"', 'Did you mean "onEpochEnd"?'],
  [
    "a callback that throws at the start",
    watches({ onTrainBegin: boom }),
    'onTrainBegin of the callback "mine" failed',
    "boom",
  ],
  [
    "a callback that throws at a step",
    watches({ onStepEnd: boom }),
    'onStepEnd of the callback "mine" failed',
  ],
  [
    "a callback that rejects",
    watches({ onEpochEnd: () => Promise.reject(new Error("boom")) }),
    'onEpochEnd of the callback "mine" failed',
  ],
  [
    "an unknown part",
    { generater: boom },
    'Cannot use the part "generater"',
    'Did you mean "generator"?',
  ],
];

describe("a broken experiment", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("is tried in 80 ways and more; the experiment that is broken trains", async () => {
    assert(BROKEN.length >= 80, String(BROKEN.length));
    await trainBroken(moduleOf(fine));
  });

  it("does not keep the others from what their parts say of themselves", () => {
    const loss = { generator: boom, boundary: 0.5 };
    const callback = { name: "mine", mode: "paper", records: ["psnr"], measures: () => true };
    const changes = { ...adds("mine", loss), callbacks: [callback] };
    const { wiring } = planExperiment(moduleOf(() => ({ ...fine(), ...changes })), {});
    assertEquals(Object.keys(wiring.losses["mine"]!).sort(), ["boundary", "generator"]);
    assertEquals(wiring.losses["mine"]?.boundary, 0.5);
    const [kept] = wiring.callbacks!;
    assertEquals(Object.keys(kept!).sort(), ["measures", "mode", "name", "records"]);
    assertEquals([kept?.mode, kept?.measures?.(1)], ["paper", true]);
  });

  for (const [what, changes, ...words] of BROKEN) {
    it(`names the part: ${what}`, async () => {
      const module = moduleOf(() => ({ ...fine(), ...changes }));
      const error = await assertRejects(() => trainBroken(module), PairlabError);
      for (const word of words) assert(error.message.includes(word), error.message);
      // An error of the part's own is kept, with its stack.
      if (error.message.includes("boom")) assert(error.cause !== undefined, error.message);
      if (error.cause instanceof TypeError && error.message.includes("failed")) {
        assert(/broken_experiments_test\.ts:\d+\)/.test(error.message), error.message);
      }
    });
  }

  for (
    const [what, setup] of Object.entries({
      "null": (): unknown => null,
      "nothing": (): unknown => undefined,
      "a promise": () => later(fine()),
      "a number": (): unknown => 5,
      "a list": () => [],
    })
  ) {
    it(`says so of a setup that returns ${what}`, async () => {
      const error = await assertRejects(() => trainBroken(moduleOf(setup)), PairlabError);
      assert(/setup returned|no data/.test(error.message), error.message);
    });
  }

  it("says so of a setup that throws, and keeps its stack", async () => {
    const error = await assertRejects(() => trainBroken(moduleOf(boom)), PairlabError);
    assert(error.message.includes("its setup failed: boom"), error.message);
    assert(error.cause instanceof TypeError);
  });

  it("is named where a variation changes a part that does not exist", async () => {
    const module = moduleOf(fine);
    const varied = vary(module.experiment, { generatr: boom } as never);
    const error = await assertRejects(
      () => trainBroken({ ...module, experiment: varied }),
      PairlabError,
    );
    assertEquals(
      error.message,
      'Cannot use the part "generatr": an experiment has no such part. Did you mean "generator"?',
    );
  });
});
