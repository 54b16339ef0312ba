/**
 * `bench quality`: whether Pairlab learns as well as PyTorch. Both train the same networks from the
 * same initial weights on the same pictures, augmented alike and in the same order; only their
 * dropout draws differ, as they would between two runs of PyTorch.
 *
 * @module
 */
import { join } from "@std/path";
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import { startEngine } from "../../core/backends/engine.ts";
import type { EngineChoice } from "../../core/backends/engines.ts";
import { isFile, writeTextDurably } from "../../core/base/files.ts";
import { PairlabError } from "../../core/base/errors.ts";
import { fitPair } from "../../core/data/frame.ts";
import { batchesOf, firstPairs } from "../../core/data/loader.ts";
import { measurePictures } from "../../core/evaluate/measure.ts";
import { isImported } from "../../core/evaluate/imported_weights.ts";
import { meanOf } from "../../core/evaluate/statistics.ts";
import type { Metric } from "../../core/interfaces/metrics.ts";
import type { Pair, Picture } from "../../core/interfaces/pictures.ts";
import { toPictures, toTensor } from "../../core/model/tensors.ts";
import { openData } from "../../core/runs/reopen.ts";
import {
  readSafetensors,
  type TensorSource,
  writeSafetensors,
} from "../../core/runs/safetensors.ts";
import { frameOf } from "../../core/train/state.ts";
import { efficientnetDistance, gradientSimilarity, psnr, ssimIndex } from "../../mod.ts";
import { planBench } from "./bench_plan.ts";
import { equivalenceOf, meanInterval } from "./equivalence.ts";
import { checkSize, halvingsOf } from "./peers.ts";
import { pairlabProgram, pytorchProgram } from "./programs.ts";
import { startStepper, type Stepper } from "./stepper.ts";
import { formatTable } from "./table.ts";

/** Options of {@link benchQuality}. */
export interface QualityOptions {
  /** The Python that has PyTorch. */
  readonly python: string;
  readonly dataset: string;
  readonly size: number;
  /** Channels of both networks, as multiples of the paper's. */
  readonly width: number;
  readonly epochs: number;
  /** Measured after every so many epochs, and after the last. */
  readonly every: number;
  readonly seeds: readonly number[];
  /** Train on the first pairs only. */
  readonly pairs?: number | undefined;
  readonly backend: EngineChoice;
  /** Of each framework. @default its own choice */
  readonly threads?: number | undefined;
  /** Where results are kept as they come: a seed that is in it is not trained again. */
  readonly file: string;
  readonly onProgress?: ((line: string) => void) | undefined;
}

const Scores = z.record(z.string(), z.number());

const SeedResult = z.object({
  seed: z.number(),
  /** Seconds of all steps. */
  seconds: z.object({ pairlab: z.number(), pytorch: z.number() }),
  epochs: z.array(z.object({ epoch: z.number(), pairlab: Scores, pytorch: Scores })),
});

/** The form of the file of results. */
const QualityFile = z.object({
  /** What was run: results of other settings do not mix. */
  settings: z.object({
    dataset: z.string(),
    train: z.number(),
    test: z.number(),
    size: z.number(),
    width: z.number(),
    epochs: z.number(),
    every: z.number(),
  }),
  /** The test pictures' inputs as they are, beside their targets. */
  input: Scores,
  seeds: z.array(SeedResult),
});

/** The means over the test pictures, by seed and epoch. */
export type QualityResult = z.infer<typeof QualityFile>;

/** The largest differences that do not matter: what no reader of a paper would remark on. */
const MARGINS: Readonly<Record<string, number>> = {
  psnr: 0.25,
  ssim: 0.01,
  "gradient-similarity": 0.005,
  "efficientnet-distance": 0.05,
};

/** The perceptual distance is among them where its network has been imported. */
const METRICS: readonly Metric[] = [
  ...[psnr(), ssimIndex(), gradientSimilarity()],
  ...await isImported("efficientnet-lite0") ? [efficientnetDistance()] : [],
];

/** Channels of the paper's networks that PyTorch's script knows: D sees patches of 70x70. */
const RECEPTIVE_FIELD = 70, DROPOUT = 3;

/**
 * Trains with every seed in both frameworks, epoch by epoch in turn, and measures the predictions of
 * both for the test pictures by the same metrics.
 *
 * @throws {PairlabError} If the file holds results of other settings, or a process fails.
 */
export async function benchQuality(options: QualityOptions): Promise<QualityResult> {
  const { size, width, epochs, every, file, onProgress = () => {} } = options;
  checkSize(size);
  const plan = await planBench({
    experiment: "flowers_deblur",
    ...{ size, width, dropout: DROPOUT, receptiveField: RECEPTIVE_FIELD, dataset: options.dataset },
  });
  const data = await openData(plan);
  const train = firstPairs(data.train, options.pairs ?? Infinity);
  const { shape, wiring } = plan;
  const frame = frameOf({ shape, wiring, levels: data.levels });
  await startEngine(options.backend);
  const test: Pair[] = [];
  for (const index of data.test.names.keys()) {
    test.push(await fitPair(await data.test.load(index), shape, frame));
  }
  const settings = {
    ...{ dataset: data.description, train: train.names.length, test: test.length },
    ...{ size, width, epochs, every },
  };
  const input = await scoresOf(test, test.map(({ input }) => input));
  let result = await readResults(file, { settings, input, seeds: [] });
  for (const seed of options.seeds) {
    if (result.seeds.some((done) => done.seed === seed)) continue;
    const loader = { ...frame, batch: 1, seed, shuffle: true, augment: wiring.augment };
    const pairsOf = async (epoch: number): Promise<Pair[]> =>
      (await Array.fromAsync(batchesOf(train, epoch, 0, loader))).flat();
    const done = await trainSeed(seed, { ...options, onProgress, test, pairsOf });
    result = { ...result, seeds: [...result.seeds, done] };
    await writeTextDurably(file, `${JSON.stringify(result, null, 2)}\n`);
  }
  return result;
}

async function readResults(file: string, none: QualityResult): Promise<QualityResult> {
  if (!await isFile(file)) return none;
  const before = QualityFile.parse(JSON.parse(await Deno.readTextFile(file)));
  if (JSON.stringify(before.settings) === JSON.stringify(none.settings)) return before;
  throw new PairlabError(
    `Cannot add to "${file}": it holds results of ${
      JSON.stringify(before.settings)
    }, and these are of ${JSON.stringify(none.settings)}. Name another file with --results`,
  );
}

interface SeedOptions extends QualityOptions {
  readonly test: readonly Pair[];
  pairsOf(epoch: number): Promise<Pair[]>;
  onProgress(line: string): void;
}

async function trainSeed(
  seed: number,
  { test, pairsOf, onProgress, ...options }: SeedOptions,
): Promise<z.infer<typeof SeedResult>> {
  const folder = await Deno.makeTempDir({ prefix: "pairlab-quality-" });
  const path = (name: string): string => join(folder, `${name}.safetensors`);
  const steppers = await startBoth(seed, options);
  const { pairlab, pytorch } = steppers;
  try {
    await pairlab.transfer("save", path("weights"));
    await pytorch.transfer("load", path("weights"));
    await writePairs(path("test"), test);
    const result: z.infer<typeof SeedResult> = {
      ...{ seed, seconds: { pairlab: 0, pytorch: 0 }, epochs: [] },
    };
    for (let epoch = 1; epoch <= options.epochs; epoch++) {
      const pairs = await pairsOf(epoch);
      await writePairs(path("train"), pairs);
      const measured = epoch % options.every === 0 || epoch === options.epochs;
      const scores = { epoch, pairlab: {}, pytorch: {} };
      for (const name of ["pairlab", "pytorch"] as const) {
        const stepper = steppers[name];
        await stepper.transfer("pictures", path("train"));
        const steps = await stepper.steps(pairs.length);
        const milliseconds = steps.reduce((sum, step) => sum + step.milliseconds, 0);
        result.seconds[name] += milliseconds / 1000;
        if (!measured) continue;
        await stepper.predict(path("test"), path("fakes"));
        scores[name] = await scoresOf(test, await readPictures(path("fakes")));
      }
      if (!measured) continue;
      result.epochs.push(scores);
      onProgress(`seed ${seed}, epoch ${epoch}: ${JSON.stringify(scores)}`);
    }
    return result;
  } finally {
    await Promise.all([pairlab.end(), pytorch.end()]);
    await Deno.remove(folder, { recursive: true });
  }
}

async function startBoth(
  seed: number,
  { python, size, width, backend, threads }: QualityOptions,
): Promise<Record<"pairlab" | "pytorch", Stepper>> {
  const same = {
    ...{ size, width, seed, receptiveField: RECEPTIVE_FIELD, dropout: DROPOUT, batch: 1 },
    ...threads !== undefined && { threads },
  };
  const ours = pairlabProgram("Pairlab", {
    ...same,
    ...{ experiment: "flowers_deblur", backend, compile: "on", order: "alternate" },
  });
  const theirs = pytorchProgram(python, {
    ...same,
    ...{ halvings: halvingsOf(size), channelsLast: true, compile: false, fused: true },
  });
  const pairlab = await startStepper(ours);
  try {
    return { pairlab, pytorch: await startStepper(theirs) };
  } catch (error) {
    await pairlab.end();
    throw error;
  }
}

async function writePairs(path: string, pairs: readonly Pair[]): Promise<void> {
  const sides = (["input", "target"] as const).map((name): TensorSource => {
    const pictures = pairs.map((pair) => pair[name]);
    const { height, width, channels } = pictures[0]!;
    const shape = [pictures.length, height, width, channels];
    const read = async (): Promise<Float32Array> => {
      const batch = toTensor(pictures);
      try {
        return await batch.data() as Float32Array;
      } finally {
        batch.dispose();
      }
    };
    return { name, shape, dtype: "float32", read };
  });
  await writeSafetensors(path, sides, {});
}

async function readPictures(path: string): Promise<Picture[]> {
  const { shape, values } = (await readSafetensors(path)).tensors.get("fake")!;
  const batch = tf.tensor4d(values, shape as [number, number, number, number]);
  try {
    return await toPictures(batch);
  } finally {
    batch.dispose();
  }
}

/** The mean of each metric over the pictures. */
async function scoresOf(
  pairs: readonly Pair[],
  predictions: readonly Picture[],
): Promise<Record<string, number>> {
  const compared = pairs.map(({ input, target }, index) => ({
    ...{ input, target, prediction: predictions[index]! },
  }));
  const { pictures } = await measurePictures(METRICS, compared);
  return Object.fromEntries(
    Object.entries(pictures).map(([name, values]) => [name, meanOf(values)]),
  );
}

/** A table of means by epoch, with 95 % intervals over seeds, and the tests of equivalence. */
export function describeQuality({ settings, input, seeds }: QualityResult): string[] {
  const { dataset, train, test, size, width, epochs } = settings;
  const names = Object.keys(input);
  const over = (epoch: number, side: "pairlab" | "pytorch", name: string): number[] =>
    seeds.flatMap((seed) => seed.epochs.find((one) => one.epoch === epoch)?.[side][name] ?? []);
  const cell = (values: readonly number[]): string => {
    const { mean, high } = meanInterval(values, 0.95);
    return Number.isFinite(high) ? `${digits(mean)} ± ${digits(high - mean)}` : digits(mean);
  };
  const measured = seeds[0]?.epochs.map(({ epoch }) => epoch) ?? [];
  const rows = measured.map((epoch) => [
    `${epoch}`,
    ...names.flatMap((name) => [
      cell(over(epoch, "pairlab", name)),
      cell(over(epoch, "pytorch", name)),
    ]),
  ]);
  const asIs = ["the input", ...names.flatMap((name) => [digits(input[name]!), ""])];
  const last = measured.at(-1);
  const conclusions = last === undefined ? [] : names.map((name) => {
    const theirs = over(last, "pytorch", name);
    const differences = over(last, "pairlab", name).map((ours, index) => ours - theirs[index]!);
    const margin = MARGINS[name]!;
    const { mean, low, high, equivalent } = equivalenceOf(differences, margin);
    const verdict = equivalent ? "equivalent" : "not shown to be equivalent";
    return `${name}: ours - PyTorch's ${digits(mean)}, 90 % interval ${digits(low)} to ${
      digits(high)
    }: ${verdict} within ${margin}`;
  });
  const seconds = (side: "pairlab" | "pytorch"): string =>
    meanOf(seeds.map((seed) => seed.seconds[side])).toFixed();
  return [
    `${train} pairs of ${dataset}, ${size}x${size}, ${width} of the paper's width, ${epochs} epochs, ` +
    `seeds ${seeds.map(({ seed }) => seed).join(", ")}; means of ${test} test pictures, ` +
    "95 % intervals over seeds",
    "",
    ...formatTable(["epoch", ...names.flatMap((name) => [`${name} ours`, "PyTorch"])], [
      asIs,
      ...rows,
    ]),
    "",
    ...conclusions,
    `Steps of a seed took ${seconds("pairlab")} s here and ${seconds("pytorch")} s in PyTorch`,
  ];
}

function digits(value: number): string {
  return Math.abs(value) >= 1 ? value.toFixed(2) : value.toFixed(4);
}
