/** `bench step`: how long a training step takes, by the ways in which it can be run. */
import { basename } from "@std/path";
import { type EngineChoice, engineKind } from "../../core/backends/engines.ts";
import type { CompileMode } from "../../core/backends/compile.ts";
import type { UpdateOrder } from "../../core/plugin.ts";
import { describeMachine, type Machine, thisMachine } from "./machine.ts";
import { pairlabProgram } from "./programs.ts";
import { type Measured, measureInTurn } from "./rounds.ts";
import { formatTable } from "./table.ts";

/** Options of {@link benchStep}. */
export interface StepBenchOptions {
  /** A name in experiments/, or the path or URL of a module. */
  readonly experiment: string;
  /** @default the experiment's own */
  readonly size?: number | undefined;
  /** @default the experiment's own */
  readonly batch?: number | undefined;
  /** Steps that count. */
  readonly steps: number;
  readonly backend: EngineChoice;
  /** Measured in turn. */
  readonly compile: readonly CompileMode[];
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

/** One way to run a step, measured; the form of `--json`. */
export interface StepResult {
  readonly engine: string;
  readonly version: string;
  readonly threads: number;
  readonly compile: string;
  readonly experiment: string;
  readonly size: number;
  readonly batch: number;
  readonly order: string;
  readonly receptive_field: number;
  readonly steps: number;
  readonly median_ms: number;
  readonly min_ms: number;
  /** What a step must compute at the least, in 10^9 operations. */
  readonly gflop: number;
  /** That in the median time, each second. */
  readonly gflops: number;
  readonly peak_bytes: number;
  readonly machine: Machine;
}

/**
 * Measures full training steps on random pictures, without loading: G, D, their gradients, both
 * updates. The ways to run them take turns, each in a process of its own.
 *
 * @throws {PairlabError} If the experiment cannot be built, or a process fails.
 */
export async function benchStep(
  { compile, steps, onProgress, ...options }: StepBenchOptions,
): Promise<StepResult[]> {
  const programs = waysOn(options.backend, compile).map((mode) =>
    pairlabProgram(`--compile=${mode}`, { ...options, compile: mode })
  );
  const measured = await measureInTurn(programs, { steps, onProgress });
  return measured.map((one) => ({ ...resultOf(one), experiment: options.experiment }));
}

/** On an engine that does not compile, all modes are one. */
function waysOn(backend: EngineChoice, compile: readonly CompileMode[]): readonly CompileMode[] {
  return engineKind(backend)?.compiles === false ? ["off"] : compile;
}

function resultOf(
  { stepper, timing, peakBytes }: Measured,
): Omit<StepResult, "experiment"> {
  const { engine, version, threads, compile, size = 0, batch = 0, order = "", ...ready } =
    stepper.ready;
  const { receptiveField = 0, flops = 0 } = ready;
  return {
    engine,
    version,
    threads,
    compile,
    size,
    batch,
    order,
    receptive_field: receptiveField,
    steps: timing.count,
    median_ms: timing.median,
    min_ms: timing.min,
    gflop: flops / 1e9,
    gflops: flops / 1e6 / timing.median,
    peak_bytes: peakBytes,
    machine: thisMachine(),
  };
}

/** The results as a table, with the machine above it. */
export function describeSteps(results: readonly StepResult[]): string[] {
  const [first] = results;
  if (first === undefined) return [];
  const { experiment, size, batch, order, receptive_field: field, gflop, machine } = first;
  const rows = results.map((result) => [
    `${result.engine} ${result.version}, compile ${result.compile}`,
    result.median_ms.toFixed(1),
    result.min_ms.toFixed(1),
    result.gflops.toFixed(1),
    (result.peak_bytes / 2 ** 20).toFixed(),
  ]);
  return [
    describeMachine(machine),
    `${
      basename(experiment, ".ts")
    }: ${size}x${size}, batch ${batch}, ${order}, D sees ${field}x${field}; ` +
    `${gflop.toFixed(1)} GFLOP a step, ${first.steps} steps each`,
    "",
    ...formatTable(["", "median ms", "min ms", "GFLOP/s", "peak MiB"], rows),
  ];
}
