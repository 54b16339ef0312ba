/**
 * `bench quality`: whether Pairlab learns as well as PyTorch. Both train the same networks from the
 * same initial weights on the same pictures, augmented alike and in the same order; only their
 * dropout draws differ, as they would between two runs of PyTorch.
 *
 * @module
 */
import { join } from "@std/path";
import { isDeepStrictEqual } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { startEngine } from "../../core/backends/engine.ts";
import type { EngineChoice } from "../../core/backends/engines.ts";
import { fitPair } from "../../core/data/frame.ts";
import { batchesOf, firstPairs } from "../../core/data/loader.ts";
import { measurePictures } from "../../core/evaluate/measure.ts";
import { isImported } from "../../core/evaluate/imported_weights.ts";
import { meanOf } from "../../core/evaluate/statistics.ts";
import type { Metric } from "../../core/interfaces/metrics.ts";
import type { Pair, Picture } from "../../core/interfaces/pictures.ts";
import { toPictures, toTensor } from "../../core/model/tensors.ts";
import { sourceCommit, versions } from "../../core/runs/provenance.ts";
import { openData } from "../../core/runs/reopen.ts";
import {
  readSafetensors,
  type TensorSource,
  writeSafetensors,
} from "../../core/runs/safetensors.ts";
import { frameOf } from "../../core/train/state.ts";
import { efficientnetDistance, gradientSimilarity, psnr, ssimIndex } from "../../mod.ts";
import { planBench } from "./bench_plan.ts";
import { thisMachine } from "./machine.ts";
import { checkSize, halvingsOf } from "./peers.ts";
import { pairlabProgram, pytorchProgram } from "./programs.ts";
import {
  forgetSeed,
  keepSeed,
  type MadeWith,
  openSeed,
  type QualityResult,
  readResults,
  type SeedResult,
  type Settings,
  writeResults,
} from "./quality_file.ts";
import { type Program, startStepper, type Stepper } from "./stepper.ts";

/** Options of {@link benchQuality}. */
export interface QualityOptions {
  /** The Python that has PyTorch. */
  readonly python: string;
  readonly dataset: string;
  /** Whose pairs and augmentation are trained on, by the paper's networks. @default "flowers_deblur" */
  readonly experiment?: string | undefined;
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
  /**
   * Where results are kept as they come: a seed that is in it is not trained again, and one that was
   * interrupted goes on from where it was measured last.
   */
  readonly file: string;
  /** What trains with a seed. @default Pairlab and PyTorch */
  readonly programs?: (seed: number) => Programs;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** The experiment of the paper's networks. */
const DEBLUR = "flowers_deblur";

/** Both sides of the comparison. */
const SIDES = ["pairlab", "pytorch"] as const;

/** What is started for each side. */
export type Programs = Readonly<Record<typeof SIDES[number], Program>>;

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
  const { experiment = DEBLUR, size, width, epochs, every, file, onProgress = () => {} } = options;
  checkSize(size);
  const plan = await planBench({
    experiment,
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
  const settings: Settings = {
    ...experiment !== DEBLUR && { experiment },
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
    const done = await trainSeed(seed, { ...options, onProgress, settings, test, pairsOf });
    result = { ...result, seeds: [...result.seeds, done] };
    await writeResults(file, result);
    await forgetSeed(file, seed);
  }
  return result;
}

interface SeedOptions extends QualityOptions {
  readonly settings: Settings;
  readonly test: readonly Pair[];
  pairsOf(epoch: number): Promise<Pair[]>;
  onProgress(line: string): void;
}

async function trainSeed(
  seed: number,
  { settings, test, pairsOf, onProgress, ...options }: SeedOptions,
): Promise<SeedResult> {
  const before = await openSeed(options.file, seed, settings);
  const folder = await Deno.makeTempDir({ prefix: "pairlab-quality-" });
  const path = (name: string): string => join(folder, `${name}.safetensors`);
  const programs = options.programs?.(seed) ?? programsOf(seed, options);
  const steppers = await startBoth(programs);
  const { pairlab, pytorch } = steppers;
  try {
    if (before === undefined) {
      await pairlab.transfer("save", path("weights"));
      await pytorch.transfer("load", path("weights"));
    } else {
      for (const side of SIDES) await steppers[side].transfer("restore", join(before.folder, side));
    }
    await writePairs(path("test"), test);
    const none: SeedResult = { seed, made: [], seconds: { pairlab: 0, pytorch: 0 }, epochs: [] };
    const { made = [], seconds, epochs } = before?.result ?? none;
    const result: SeedResult = {
      seed,
      made: adding(made, await madeWith(steppers)),
      seconds,
      epochs,
    };
    const done = epochs.at(-1)?.epoch ?? 0;
    if (done > 0) onProgress(`seed ${seed} goes on after epoch ${done}`);
    for (let epoch = done + 1; epoch <= options.epochs; epoch++) {
      const pairs = await pairsOf(epoch);
      await writePairs(path("train"), pairs);
      const measured = epoch % options.every === 0 || epoch === options.epochs;
      const scores = { epoch, pairlab: {}, pytorch: {} };
      for (const side of SIDES) {
        const stepper = steppers[side];
        await stepper.transfer("pictures", path("train"));
        const steps = await stepper.steps(pairs.length);
        const milliseconds = steps.reduce((sum, step) => sum + step.milliseconds, 0);
        seconds[side] += milliseconds / 1000;
        if (!measured) continue;
        await stepper.predict(path("test"), path("fakes"));
        scores[side] = await scoresOf(test, await readPictures(path("fakes")));
      }
      if (!measured) continue;
      epochs.push(scores);
      await keepSeed(options.file, settings, result, async (beside) => {
        for (const side of SIDES) await steppers[side].transfer("keep", join(beside, side));
      });
      onProgress(`seed ${seed}, epoch ${epoch}: ${JSON.stringify(scores)}`);
    }
    return result;
  } finally {
    await Promise.all([pairlab.end(), pytorch.end()]);
    await Deno.remove(folder, { recursive: true });
  }
}

/** What the processes that were started are, and the machine. */
async function madeWith(
  { pairlab, pytorch }: Record<"pairlab" | "pytorch", Stepper>,
): Promise<MadeWith> {
  const engine = ({ ready: { engine, version, threads, compile } }: Stepper) => ({
    ...{ engine, version, threads, compile },
  });
  return {
    commit: await sourceCommit(),
    versions: versions(),
    pairlab: engine(pairlab),
    pytorch: engine(pytorch),
    machine: thisMachine(),
  };
}

/** Another entry only where something is other than before. */
function adding(made: readonly MadeWith[], now: MadeWith): MadeWith[] {
  const same = isDeepStrictEqual(made.at(-1), now);
  return same ? [...made] : [...made, now];
}

function programsOf(
  seed: number,
  { python, size, width, backend, threads }: QualityOptions,
): Programs {
  const same = {
    ...{ size, width, seed, receptiveField: RECEPTIVE_FIELD, dropout: DROPOUT, batch: 1 },
    ...threads !== undefined && { threads },
  };
  return {
    pairlab: pairlabProgram("Pairlab", {
      ...same,
      ...{ experiment: DEBLUR, backend, compile: "on", order: "alternate" },
    }),
    pytorch: pytorchProgram(python, {
      ...same,
      ...{ halvings: halvingsOf(size), channelsLast: true, compile: false, fused: true },
    }),
  };
}

async function startBoth(programs: Programs): Promise<Record<typeof SIDES[number], Stepper>> {
  const pairlab = await startStepper(programs.pairlab);
  try {
    return { pairlab, pytorch: await startStepper(programs.pytorch) };
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
