import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { findPython } from "../../bench/peers/environment.ts";
import type { Callback, Picture, TrainingRun } from "../../../core/plugin.ts";
import { tensorboard } from "../../../plugins/callbacks/tensorboard.ts";
import { crc32c, record as frame } from "../../../plugins/callbacks/tensorboard/record.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { eventsOf, hyperParametersOf, recordsOf } from "./tensorboard/decode.ts";

const READER = fileURLToPath(new URL("tensorboard/read_events.py", import.meta.url));

function grey(value: number): Picture {
  return { data: new Uint8Array(8 * 4 * 3).fill(value), width: 8, height: 4, channels: 3 };
}

function fakeRun(folder: string, done: number, channels = 3): TrainingRun {
  const never = () => Promise.reject(new Error("not used"));
  const refuse = () => {
    throw new Error("not used");
  };
  const input = channels === 3 ? grey(1) : { ...grey(1), width: 4, height: 4, channels: 6 };
  return {
    experiment: "fake",
    folder,
    epochs: 2,
    stepsPerEpoch: 2,
    batch: 1,
    done: { epoch: done / 2, step: done },
    test: { names: ["rose", "tulip"], load: never },
    testPair: (index) =>
      Promise.resolve({ name: ["rose", "tulip"][index]!, input, target: grey(9) }),
    predict: () => Promise.resolve(grey(5)),
    save: refuse,
    record: never,
    find: () => Promise.resolve(),
    judge: () => Promise.resolve([]),
    stop: refuse,
    say: refuse,
  };
}

const parameters = { lambda: 100, dataset: "dätaset", mirror: true };
const record = {
  parameters,
  commit: "c0ffee",
  data: { description: "2 pairs | in a folder", fingerprint: "sha256:5eed" },
  engine: { name: "cpu", version: "4.22.0", threads: 1 },
};

async function begin(callback: Callback, folder: string, done: number): Promise<TrainingRun> {
  const run = fakeRun(folder, done);
  await Deno.writeTextFile(join(folder, "run.json"), JSON.stringify(record));
  await callback.onTrainBegin?.(run);
  return run;
}

async function step(callback: Callback, run: TrainingRun, number: number): Promise<void> {
  await callback.onStepEnd?.(run, {
    epoch: Math.ceil(number / 2),
    step: number,
    stepInEpoch: 2 - number % 2,
    losses: { generator: number + 0.5, "generator.l1": number },
    rates: { generator: 2e-4, discriminator: 2e-4 },
    names: ["lily"],
    milliseconds: 1,
  });
}

/** A run that dies after step 3, past its checkpoint at step 2, and is resumed from there. */
async function trainAndResume(folder: string): Promise<void> {
  const first = tensorboard({ pictures: 1 });
  const run = await begin(first, folder, 0);
  for (const number of [1, 2]) await step(first, run, number);
  await first.onEpochEnd?.(run, { epoch: 1, step: 2, losses: { generator: 2 }, seconds: 1 });
  await first.onRecord?.(run, { epoch: 1, step: 2, values: { psnr: 21.5 } });
  await step(first, run, 3);
  const second = tensorboard({ pictures: 1 });
  const resumed = await begin(second, folder, 2);
  for (const number of [3, 4]) await step(second, resumed, number);
  await second.onEpochEnd?.(resumed, { epoch: 2, step: 4, losses: { generator: 4 }, seconds: 1 });
  await second.onTrainEnd?.(resumed);
}

/** 2e-4 as the 32-bit number nearest to it. */
const RATE = Math.fround(2e-4);

const ratesAt = (step: number): string[] =>
  ["generator", "discriminator"].map((network) => `rate/${network} = ${RATE} @ ${step}`);

const firstFile = [
  "brain.Event:2",
  "_hparams_/session_start_info @ 0",
  "run @ 0",
  "input/rose 8x4 @ 0",
  "target/rose 8x4 @ 0",
  "step/generator = 1.5 @ 1",
  "step/generator.l1 = 1 @ 1",
  ...ratesAt(1),
  "step/generator = 2.5 @ 2",
  "step/generator.l1 = 2 @ 2",
  ...ratesAt(2),
  "epoch/generator = 2 @ 2",
  "prediction/rose 8x4 @ 2",
  "metrics/psnr = 21.5 @ 2",
  "step/generator = 3.5 @ 3",
  "step/generator.l1 = 3 @ 3",
  ...ratesAt(3),
];

const START = 1;

const secondFile = [
  "brain.Event:2",
  `session ${START} @ 3`,
  "step/generator = 3.5 @ 3",
  "step/generator.l1 = 3 @ 3",
  ...ratesAt(3),
  "step/generator = 4.5 @ 4",
  "step/generator.l1 = 4 @ 4",
  ...ratesAt(4),
  "epoch/generator = 4 @ 4",
  "prediction/rose 8x4 @ 4",
  "_hparams_/session_end_info @ 4",
];

/** Names an interpreter that has TensorBoard. */
const GIVEN = "PAIRLAB_TENSORBOARD";

/** The first Python that has TensorBoard: the one that is named, or one that is at hand. */
async function findTensorBoard(): Promise<string | undefined> {
  const given = Deno.env.get(GIVEN);
  const venv = Deno.env.get("VIRTUAL_ENV");
  const ofVenv = venv === undefined ? [] : [join(venv, "bin", "python")];
  const ofPeers = await findPython().then((python) => [python], () => []);
  // Whoever names one wants to know if it does not serve.
  const pythons = given === undefined ? [...ofVenv, ...ofPeers, "python3", "python"] : [given];
  for (const python of pythons) {
    try {
      const args = ["-c", "import tensorboard"];
      const { success } = await new Deno.Command(python, { args, stderr: "null" }).output();
      if (success) return python;
    } catch {
      // There is no such program.
    }
  }
  if (given === undefined) return undefined;
  throw new Error(`Cannot read events with "${given}" of ${GIVEN}: it has no TensorBoard`);
}

const python = await findTensorBoard();
const NO_TENSORBOARD = python === undefined &&
  `there is no Python with TensorBoard (pip install tensorboard, ${GIVEN} names its interpreter)`;

async function readWithTensorBoard(folder: string): Promise<unknown> {
  const command = new Deno.Command(python ?? "python3", { args: [READER, folder], stderr: "null" });
  return JSON.parse(new TextDecoder().decode((await command.output()).stdout));
}

describe("tensorboard", () => {
  it("writes records whose checksums are the published ones", () => {
    const ascii = (text: string) => new TextEncoder().encode(text);
    assertEquals(crc32c(ascii("123456789")), 0xe3069283);
    // RFC 3720, section B.4.
    assertEquals(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assertEquals(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
    assertEquals(recordsOf(frame(ascii("flower"))), [ascii("flower")]);
  });

  it("writes numbers, pictures and parameters, and goes on where a resumed run begins", async () => {
    await inTemporaryFolder(async (folder) => {
      await trainAndResume(folder);
      assertEquals(await eventsOf(join(folder, "tensorboard")), [firstFile, secondFile]);
    });
  });

  it("is read by TensorBoard, each step once", { skip: NO_TENSORBOARD }, async () => {
    await inTemporaryFolder(async (folder) => {
      await trainAndResume(folder);
      assertEquals(await readWithTensorBoard(join(folder, "tensorboard")), {
        scalars: {
          "step/generator": [[1, 1.5], [2, 2.5], [3, 3.5], [4, 4.5]],
          "step/generator.l1": [[1, 1], [2, 2], [3, 3], [4, 4]],
          "rate/generator": [1, 2, 3, 4].map((step) => [step, RATE]),
          "rate/discriminator": [1, 2, 3, 4].map((step) => [step, RATE]),
          "epoch/generator": [[2, 2], [4, 4]],
          "metrics/psnr": [[2, 21.5]],
        },
        images: {
          "input/rose": [[0, 8, 4, "PNG"]],
          "target/rose": [[0, 8, 4, "PNG"]],
          "prediction/rose": [[2, 8, 4, "PNG"], [4, 8, 4, "PNG"]],
        },
        hparams: { experiment: "fake", ...parameters, "(status)": 1 },
        texts: {
          run: [
            "| run | |",
            "| --- | --- |",
            "| experiment | fake |",
            `| folder | ${folder} |`,
            "| commit | c0ffee |",
            "| data | 2 pairs \\| in a folder, sha256:5eed |",
            "| engine | cpu 4.22.0, 1 thread |",
          ].join("\n"),
        },
      });
    });
  });

  it("tells the variants of a sweep apart, by name and parameters", async () => {
    await inTemporaryFolder(async (folder) => {
      const found = [];
      for (const [experiment, lambda] of [["weak", 10], ["no skips", 100]] as const) {
        const own = join(folder, experiment);
        await Deno.mkdir(own);
        const changed = { ...record, parameters: { ...parameters, lambda } };
        await Deno.writeTextFile(join(own, "run.json"), JSON.stringify(changed));
        await tensorboard({ pictures: 0 }).onTrainBegin?.({ ...fakeRun(own, 0), experiment });
        found.push(await hyperParametersOf(join(own, "tensorboard")));
      }
      assertEquals(found, [
        { experiment: "weak", lambda: 10, dataset: "dätaset", mirror: true },
        { experiment: "no skips", lambda: 100, dataset: "dätaset", mirror: true },
      ]);
    });
  });

  it("begins steps anew when a training is rolled back", async () => {
    await inTemporaryFolder(async (folder) => {
      const callback = tensorboard({ pictures: 0 });
      const run = await begin(callback, folder, 0);
      for (const number of [1, 2, 1]) await step(callback, run, number);
      const [events] = await eventsOf(join(folder, "tensorboard"));
      assertEquals(events?.slice(-5), [
        `session ${START} @ 1`,
        "step/generator = 1.5 @ 1",
        "step/generator.l1 = 1 @ 1",
        ...ratesAt(1),
      ]);
    });
  });

  it("leaves out pictures of channels that TensorBoard cannot show", async () => {
    await inTemporaryFolder(async (folder) => {
      const callback = tensorboard({ pictures: 1 });
      await Deno.writeTextFile(join(folder, "run.json"), JSON.stringify(record));
      await callback.onTrainBegin?.(fakeRun(folder, 0, 6));
      const [events] = await eventsOf(join(folder, "tensorboard"));
      assertEquals(events?.slice(3), ["target/rose 8x4 @ 0"]);
    });
  });

  it("says how a training failed", async () => {
    await inTemporaryFolder(async (folder) => {
      const callback = tensorboard({ pictures: 0 });
      const run = await begin(callback, folder, 0);
      await callback.onError?.(run, new Error("no more memory"));
      const [events] = await eventsOf(join(folder, "tensorboard"));
      assertEquals(events?.at(-1), "_hparams_/session_end_info @ 0");
    });
  });

  it("refuses a number of pictures that is none", () => {
    for (const pictures of [1.5, -1]) {
      assertThrows(() => tensorboard({ pictures }), RangeError, String(pictures));
    }
  });
});
