/** `bench step --trace`: what a few steps of a training spend their time on. */
import * as tf from "@tensorflow/tfjs";
import { type EngineChoice, startEngine } from "../../core/backends/engine.ts";
import type { CompileMode } from "../../core/backends/compile.ts";
import { messageOf, PairlabError } from "../../core/base/errors.ts";
import type { LoaderOptions } from "../../core/data/loader.ts";
import type { Augment, Dataset, UpdateOrder } from "../../core/plugin.ts";
import { planBench } from "./bench_plan.ts";
import { endlessly } from "./beside.ts";
import { describeMachine, type Machine, thisMachine } from "./machine.ts";
import { type Cost, createRecorder, type Recorder } from "./recorder.ts";
import { formatTable } from "./table.ts";
import { createTrainer } from "./trainer.ts";

/** Options of {@link traceSteps}. */
export interface TraceOptions {
  /** A name in experiments/, or the path or URL of a module. */
  readonly experiment: string;
  /** Where the trace is written; it must not exist. */
  readonly file: string;
  /** A folder of pictures. @default the experiment's own */
  readonly dataset?: string | undefined;
  /** @default the experiment's own */
  readonly size?: number | undefined;
  /** @default the experiment's own */
  readonly batch?: number | undefined;
  /** Steps in the trace. */
  readonly steps: number;
  readonly backend: EngineChoice;
  readonly compile: CompileMode;
  /** @default the experiment's own */
  readonly order?: UpdateOrder | undefined;
  /** @default the experiment's own */
  readonly receptiveField?: number | undefined;
  /** @default the engine's own choice */
  readonly threads?: number | undefined;
  /** Every convolution directly. @default false */
  readonly exact?: boolean | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** What was found; the form of `--json`. */
export interface TraceResult {
  readonly trace: string;
  readonly experiment: string;
  readonly engine: string;
  readonly compile: string;
  readonly size: number;
  readonly batch: number;
  readonly steps: number;
  /** Mean of a step with loading, waiting and reading its losses. */
  readonly step_ms: number;
  /** The costliest first. */
  readonly costs: readonly Cost[];
  readonly machine: Machine;
}

/** Steps before the trace: compilation, caches, memory pools. */
const WARM_UP = 3;

/** Rows of the table. */
const SHOWN = 10;

/**
 * Trains on the experiment's data, as a training does, and writes a trace of a few steps: pictures
 * loaded, waiting for the batch, making tensors of it, the step, reading its losses. What the engine
 * runs eagerly is there by operation; a compiled step is one event.
 *
 * @throws {PairlabError} If the file cannot be created, before anything is computed, or the
 * experiment or its data cannot be used.
 */
export async function traceSteps({ file, ...options }: TraceOptions): Promise<TraceResult> {
  await createEmpty(file);
  try {
    const recorder = createRecorder();
    const about = await record(recorder, options);
    await Deno.writeTextFile(file, JSON.stringify(recorder.file(about)));
    return { trace: file, ...about, costs: recorder.costs() };
  } catch (error) {
    await Deno.remove(file).catch(() => {});
    throw error;
  }
}

/** Creates the file, so that a path that does not serve is found before the work. */
async function createEmpty(path: string): Promise<void> {
  try {
    (await Deno.open(path, { write: true, createNew: true })).close();
  } catch (error) {
    const reason = error instanceof Deno.errors.AlreadyExists
      ? "it exists. Remove it or name another file."
      : error instanceof Deno.errors.NotFound
      ? "its folder does not exist. Create the folder first."
      : `${messageOf(error)}. Name a file that can be created.`;
    throw new PairlabError(`Cannot write the trace "${path}": ${reason}`, { cause: error });
  }
}

async function record(
  recorder: Recorder,
  { steps, backend, onProgress = () => {}, ...options }: Omit<TraceOptions, "file">,
): Promise<Omit<TraceResult, "trace" | "costs">> {
  const { name: experiment, wiring, shape, parameters } = await planBench(options);
  const { batch, seed, size } = parameters;
  onProgress("Opening the data");
  const data = await wiring.data.open();
  const engine = await startEngine(backend, options);
  let endPart = (): void => {};
  const trainer = createTrainer({
    wiring,
    shape,
    batch,
    compile: options.compile,
    aroundStep: async (body) => {
      endPart();
      endPart = recorder.begin({ name: stepName, cat: "step" });
      const result = await body();
      endPart();
      endPart = recorder.begin({ name: "read losses", cat: "step" });
      return result;
    },
  });
  const stepName = trainer.compile === "off" ? "step" : "compiled step";
  const loader: LoaderOptions = {
    shape,
    batch,
    seed,
    shuffle: true,
    resize: wiring.resize ?? "cubic",
    fit: wiring.fit,
    augment: wiring.augment && recordAugment(recorder, wiring.augment),
  };
  const batches = endlessly(recordLoads(recorder, data.train), loader);
  using _ = recordOperations(recorder);
  const takeStep = async (number: number): Promise<void> => {
    const end = recorder.begin({ name: "training step", cat: "training", args: { step: number } });
    const endWait = recorder.begin({ name: "wait for the batch", cat: "loading" });
    const { value: pairs = [] } = await batches.next();
    endWait();
    endPart = recorder.begin({ name: "make tensors", cat: "step" });
    await trainer.stepOn(pairs);
    endPart();
    end();
  };
  onProgress("Warming up");
  for (let number = 1; number <= WARM_UP; number++) await takeStep(number);
  onProgress(`Tracing ${steps} steps`);
  recorder.restart();
  const start = performance.now();
  for (let number = 1; number <= steps; number++) await takeStep(WARM_UP + number);
  const step_ms = (performance.now() - start) / steps;
  await batches.return();
  return {
    experiment,
    engine: `${engine.name} ${engine.version}`,
    compile: trainer.compile,
    size,
    batch,
    steps,
    step_ms,
    machine: thisMachine(),
  };
}

function recordLoads(recorder: Recorder, dataset: Dataset): Dataset {
  const { names } = dataset;
  return {
    names,
    load: (index, random) =>
      recorder.aside(
        { name: "load", cat: "loading", args: { pair: names[index] } },
        () => dataset.load(index, random),
      ),
  };
}

function recordAugment(recorder: Recorder, augment: Augment): Augment {
  return (pair, random) =>
    recorder.aside(
      { name: "augment", cat: "loading", args: { pair: pair.name } },
      () => augment(pair, random),
    );
}

/** Records each operation that the engine in use runs, until it is disposed of. */
export function recordOperations(recorder: Recorder): Disposable {
  const kernels = tf.getKernelsForBackend(tf.getBackend());
  const own = kernels.map(({ kernelFunc }) => kernelFunc);
  for (const kernel of kernels) {
    const { kernelName: name, kernelFunc } = kernel;
    kernel.kernelFunc = (given) => {
      const inputs = Object.values(given.inputs ?? {}).map((tensor) => tensor?.shape?.join("x"));
      const label = { name, cat: "operation", args: { inputs } };
      return recorder.call(label, () => kernelFunc(given));
    };
  }
  return {
    [Symbol.dispose]: () => kernels.forEach((kernel, i) => kernel.kernelFunc = own[i]!),
  };
}

/** The ten costliest, as a table. */
export function describeTrace([result]: readonly TraceResult[]): string[] {
  if (result === undefined) return [];
  const { trace, experiment, engine, compile, size, batch, steps, step_ms, costs } = result;
  const all = costs.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const rows = costs.slice(0, SHOWN).map(({ name, calls, milliseconds }) => [
    name,
    (calls / steps).toFixed(),
    (milliseconds / steps).toFixed(2),
    (100 * milliseconds / all).toFixed(1),
  ]);
  return [
    describeMachine(result.machine),
    `${experiment}: ${size}x${size}, batch ${batch}; ${engine}, compile ${compile}; ` +
    `${step_ms.toFixed(1)} ms a step, ${steps} steps`,
    "",
    ...formatTable(["without what runs within it", "calls a step", "ms a step", "%"], rows),
    "",
    `The trace is in "${trace}". Open it in https://ui.perfetto.dev or chrome://tracing;`,
    "deno task watch shows traces that are in a run's folder.",
  ];
}
