/** `bench data`: the pipeline from files to tensors, alone and beside a training. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import type { CompileMode } from "../../core/backends/compile.ts";
import { type EngineChoice, startEngine } from "../../core/backends/engine.ts";
import { encodeInputs, encodeTargets } from "../../core/model/colours.ts";
import { cachePairs } from "../../core/data/pair_cache.ts";
import { fitPair } from "../../core/data/frame.ts";
import { batchesOf, type LoaderOptions } from "../../core/data/loader.ts";
import type { GivenParameters } from "../../core/experiment/parameters.ts";
import { type ExperimentModule, planExperiment } from "../../core/experiment/plan.ts";
import type { Colours, Dataset, Pair } from "../../core/plugin.ts";
import { randomStream } from "../../core/random/stream.ts";
import { type Beside, measureBeside } from "./beside.ts";
import { describeMachine, type Machine, thisMachine } from "./machine.ts";
import { median } from "./statistics.ts";
import { formatTable } from "./table.ts";
import { createTrainer } from "./trainer.ts";

/** What is measured. */
export interface DataBenchOptions {
  readonly module: ExperimentModule;
  /** Parameters of the experiment. */
  readonly parameters: GivenParameters;
  /** Steps of the training beside which it is measured. */
  readonly steps: number;
  readonly backend: EngineChoice;
  readonly compile: CompileMode;
  readonly threads?: number | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** What was found; the form of `--json`. */
export interface DataResult extends Beside {
  readonly experiment: string;
  readonly data: string;
  readonly size: number;
  readonly batch: number;
  readonly engine: string;
  readonly compile: string;
  /** Milliseconds of each stage for one pair by itself, medians. */
  readonly stages: Readonly<Record<Stage, number>>;
  /** Pictures a second with nothing else to do, two for each pair: each decoded. */
  readonly images_per_second_decoding: number;
  /** The same in a later epoch, when decoded pictures are kept. */
  readonly images_per_second_kept: number;
  readonly machine: Machine;
}

/** What happens to a pair on its way. */
export type Stage = "load" | "augment" | "fit" | "tensor";

/** Pairs that each part looks at; more would not change a median. */
const PAIRS = 100;

/**
 * Measures the pipeline: each stage by itself, all of it with nothing else to do, and beside real
 * training steps.
 *
 * @throws {PairlabError} If the experiment or its data cannot be used.
 */
export async function benchData(options: DataBenchOptions): Promise<DataResult> {
  const { module, parameters, steps, backend, threads, onProgress = () => {} } = options;
  const plan = planExperiment(module, parameters);
  const { wiring, shape } = plan;
  const { batch, seed } = plan.parameters;
  const loader: LoaderOptions = {
    shape,
    batch,
    seed,
    shuffle: true,
    resize: wiring.resize ?? "cubic",
    fit: wiring.fit,
    augment: wiring.augment,
  };
  onProgress("Opening the data");
  const data = await wiring.data.open();
  const engine = await startEngine(backend, { threads });
  onProgress("The pipeline alone");
  const stages = await measureStages(data.train, loader, wiring.colours);
  const kept = cachePairs(data.train);
  const decoding = await imagesPerSecond(kept, 1, loader, wiring.colours);
  const later = await imagesPerSecond(kept, 2, loader, wiring.colours);
  onProgress("The pipeline beside a training");
  const trainer = createTrainer({ wiring, shape, batch, compile: options.compile });
  const beside = await measureBeside(trainer, data.train, loader, steps);
  return {
    experiment: plan.name,
    data: data.description,
    size: shape.target.width,
    batch,
    engine: `${engine.name} ${engine.version}`,
    compile: trainer.compile,
    stages,
    images_per_second_decoding: decoding,
    images_per_second_kept: later,
    ...beside,
    machine: thisMachine(),
  };
}

/** One pair after the other, so that no stage overlaps another. */
async function measureStages(
  dataset: Dataset,
  { seed, shape, augment, ...loader }: LoaderOptions,
  colours: Colours | undefined,
): Promise<Record<Stage, number>> {
  const times: Record<Stage, number[]> = { load: [], augment: [], fit: [], tensor: [] };
  const timed = async <T>(stage: Stage, body: () => T | Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await body();
    times[stage].push(performance.now() - start);
    return result;
  };
  const count = Math.min(PAIRS, dataset.names.length);
  for (let index = 0; index < count; index++) {
    const random = randomStream(seed, "bench", index);
    const loaded = await timed("load", () => dataset.load(index, random));
    const changed = await timed("augment", () => augment?.(loaded, random) ?? loaded);
    const fitted = await timed("fit", () => fitPair(changed, shape, loader));
    await timed("tensor", () => tf.dispose(tensorsOf([fitted], colours)));
  }
  return {
    load: median(times.load),
    augment: median(times.augment),
    fit: median(times.fit),
    tensor: median(times.tensor),
  };
}

/** Batches as fast as they come, to tensors. */
async function imagesPerSecond(
  dataset: Dataset,
  epoch: number,
  loader: LoaderOptions,
  colours: Colours | undefined,
): Promise<number> {
  const some: Dataset = { ...dataset, names: dataset.names.slice(0, PAIRS) };
  // In the order of the data set: both epochs take the same pairs.
  const batches = batchesOf(some, epoch, 0, { ...loader, shuffle: false });
  const start = performance.now();
  let images = 0;
  for await (const pairs of batches) {
    tf.dispose(tensorsOf(pairs, colours));
    images += 2 * pairs.length;
  }
  return images / (performance.now() - start) * 1000;
}

function tensorsOf(pairs: readonly Pair[], colours: Colours | undefined): Tensor4D[] {
  return [
    encodeInputs(pairs.map(({ input }) => input), colours),
    encodeTargets(pairs.map(({ target }) => target), colours),
  ];
}

/** Lines for people. */
export function describeData([result]: readonly DataResult[]): string[] {
  if (result === undefined) return [];
  const { experiment, data, size, batch, machine, stages } = result;
  const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;
  const rows = [
    ["load a pair: read, decode", milliseconds(stages.load)],
    ["augment it", milliseconds(stages.augment)],
    ["bring it to size", milliseconds(stages.fit)],
    ["make tensors of it", milliseconds(stages.tensor)],
    ["pictures a second, each decoded", result.images_per_second_decoding.toFixed()],
    ["pictures a second, decoded ones kept", result.images_per_second_kept.toFixed()],
    [`a step (${result.engine}, compile ${result.compile})`, milliseconds(result.step_ms)],
    ["a step while others are loaded", milliseconds(result.step_beside_ms)],
    ["waiting for its batch, median", milliseconds(result.wait_ms)],
    ["waiting for its batch, longest", milliseconds(result.longest_wait_ms)],
    ["what loading adds to a step", `${(100 * result.share).toFixed(1)} %`],
  ];
  return [
    describeMachine(machine),
    `${experiment}: ${size}x${size}, batch ${batch}; ${data}`,
    "",
    ...formatTable(["one pair at a time", ""], rows.slice(0, 4)),
    "",
    ...formatTable(["many at once", ""], rows.slice(4, 6)),
    "",
    ...formatTable(["in a training", ""], rows.slice(6)),
  ];
}
