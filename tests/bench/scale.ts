/** `bench scale`: how time and memory grow with the batch, the size and the width. */
import type { EngineChoice } from "../../core/backends/engine.ts";
import type { CompileMode } from "../../core/backends/compile.ts";
import { describeMachine, type Machine, thisMachine } from "./machine.ts";
import { pairlabProgram } from "./programs.ts";
import { type Measured, measureInTurn } from "./rounds.ts";
import { formatTable } from "./table.ts";

/** What is measured. */
export interface ScaleOptions {
  /** Fewer points. @default false */
  readonly quick?: boolean | undefined;
  /** Steps that count, of each point. */
  readonly steps: number;
  readonly backend: EngineChoice;
  readonly compile: CompileMode;
  /** @default the engine's own choice */
  readonly threads?: number | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** What grows; the other two stay at batch 1, 256x256 and the paper's width. */
export type Series = "batch" | "size" | "width";

/** One point measured; the form of `--json`. */
export interface ScalePoint {
  readonly series: Series;
  readonly batch: number;
  readonly size: number;
  /** Channels as multiples of the paper's. */
  readonly width: number;
  readonly steps: number;
  readonly ms_per_image: number;
  readonly gflop_per_image: number;
  readonly gflops: number;
  readonly peak_bytes: number;
  /**
   * Time by what it would be if each operation took as long as at batch 1, 256x256, width 1, measured
   * in turn with the point: above 1 time grows faster than the work, below 1 more slowly.
   */
  readonly of_linear: number;
  readonly machine: Machine;
}

/** A point that could not be measured, e.g. for want of memory. */
export interface ScaleFailure extends Pick<ScalePoint, "series" | "batch" | "size" | "width"> {
  readonly failed: string;
}

/** What each series goes through, and the part of it that `quick` leaves. */
const VALUES: Readonly<Record<Series, readonly number[]>> = {
  batch: [1, 2, 4, 8, 16],
  size: [128, 256, 512, 1024],
  width: [0.5, 1, 2],
};
const QUICK: Readonly<Record<Series, readonly number[]>> = {
  batch: [1, 4],
  size: [128, 256],
  width: [0.5, 1],
};

/** Further than this from linear is worth a mark. */
const DEPARTURE = 0.1;

/** Where all series cross. */
const BASE = { batch: 1, size: 256, width: 1 };

/**
 * Measures one point after another, each in a process of its own, so that the memory is its own too,
 * and in turn with the point where the series cross, so that the machine's mood meets both. That
 * point beside itself shows how far a point may be off by chance.
 *
 * @throws {PairlabError} If the engine does not start; a point that fails is told of in its place.
 */
export async function benchScale(
  { quick = false, ...options }: ScaleOptions,
): Promise<(ScalePoint | ScaleFailure)[]> {
  const results: (ScalePoint | ScaleFailure)[] = [];
  for (const [series, values] of Object.entries(quick ? QUICK : VALUES)) {
    for (const value of values) {
      options.onProgress?.(`${series} ${value}`);
      const place = { series: series as Series, ...BASE, [series]: value };
      results.push(await measurePoint(place, options));
    }
  }
  return results;
}

type Place = Pick<ScalePoint, "series" | "batch" | "size" | "width">;

async function measurePoint(
  place: Place,
  { steps, backend, compile, threads }: Omit<ScaleOptions, "quick">,
): Promise<ScalePoint | ScaleFailure> {
  const common = { experiment: "flowers_deblur", backend, compile, threads };
  const programs = [BASE, place].map(({ batch, size, width }) =>
    pairlabProgram(`batch ${batch}, size ${size}, width ${width}`, {
      ...common,
      batch,
      size,
      width,
    })
  );
  const failures: Error[] = [];
  const [base, point] = await measureInTurn(programs, {
    steps,
    block: 3,
    warmUp: 2,
    onFailure: (program, error) => {
      if (program === programs[0]) return false;
      failures.push(error);
      return true;
    },
  });
  if (base === undefined || point === undefined) {
    return { ...place, failed: failures.map(({ message }) => message).join() };
  }
  const rateOf = ({ stepper, timing }: Measured): number =>
    (stepper.ready.flops ?? 0) / 1e6 / timing.median;
  return {
    ...place,
    steps: point.timing.count,
    ms_per_image: point.timing.median / place.batch,
    gflop_per_image: (point.stepper.ready.flops ?? 0) / 1e9 / place.batch,
    gflops: rateOf(point),
    peak_bytes: point.peakBytes,
    of_linear: rateOf(base) / rateOf(point),
    machine: thisMachine(),
  };
}

/** A table of all series, with the machine above it. */
export function describeScale(results: readonly (ScalePoint | ScaleFailure)[]): string[] {
  const headings = ["", "ms per pair", "GFLOP per pair", "GFLOP/s", "peak MiB", "of linear", ""];
  const failures = results.filter((result) => "failed" in result);
  return [
    describeMachine(thisMachine()),
    "flowers_deblur; at 128x128 the U-Net halves the picture seven times instead of eight",
    "",
    ...formatTable(headings, results.map(rowOf)),
    "",
    "of linear: time by that of as many operations at batch 1, 256x256, width 1 (1 is linear)",
    ...failures.map(({ failed }) => failed),
  ];
}

function rowOf(result: ScalePoint | ScaleFailure): string[] {
  const { series } = result;
  const label = `${series} ${series === "size" ? `${result.size}x${result.size}` : result[series]}`;
  if ("failed" in result) return [label, "failed"];
  const { of_linear } = result;
  return [
    label,
    result.ms_per_image.toFixed(1),
    result.gflop_per_image.toFixed(1),
    result.gflops.toFixed(1),
    (result.peak_bytes / 2 ** 20).toFixed(),
    of_linear.toFixed(2),
    Math.abs(of_linear - 1) <= DEPARTURE ? "" : of_linear > 1 ? "slower" : "faster",
  ];
}
