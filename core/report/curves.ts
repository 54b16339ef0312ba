/** Curves of a run: losses by step, and recorded values. */
import { meanOf } from "../evaluate/statistics.ts";
import type { MetricsLine } from "../runs/metrics_log.ts";

/** One curve. */
export interface Curve {
  /** `generator.l1`, or `metrics: psnr` for a value recorded by a callback. */
  readonly name: string;
  /** In a long run, each point is the mean of several steps. */
  readonly steps: readonly number[];
  /** Null where it was not finite. */
  readonly values: readonly (number | null)[];
}

/** The most points of a curve, more than a screen is wide. */
const MOST_POINTS = 1500;

/** The curves of a log: generator, discriminator, recorded values; sums before their terms. */
export function curvesOf(lines: readonly MetricsLine[]): Curve[] {
  const curves = new Map<string, { steps: number[]; values: number[] }>();
  for (const line of lines) {
    if (line.kind === "epoch" || line.kind === "health") continue;
    const values = line.kind === "step" ? line.losses : line.values;
    for (const [key, value] of Object.entries(values)) {
      const name = line.kind === "step" ? key : `metrics: ${key}`;
      const curve = curves.get(name) ?? { steps: [], values: [] };
      curves.set(name, curve);
      curve.steps.push(line.step);
      curve.values.push(value);
    }
  }
  return [...curves].map(([name, { steps, values }]) => ({ name, ...thin(steps, values) }))
    .sort((a, b) => compareNames(a.name, b.name));
}

/** `generator`, `generator.gan`, …, `discriminator`, …, `metrics: …`. */
export function compareNames(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function rank(name: string): number {
  const place = ["generator", "discriminator"].indexOf(name.split(".")[0] ?? "");
  return place < 0 ? 2 : place;
}

/** Means of groups of steps, at most {@link MOST_POINTS}. */
function thin(steps: readonly number[], values: readonly number[]): Omit<Curve, "name"> {
  const size = Math.ceil(steps.length / MOST_POINTS);
  const starts = Array.from({ length: Math.ceil(steps.length / size) }, (_, i) => i * size);
  return {
    steps: starts.map((start) => Math.round(meanOf(steps.slice(start, start + size)))),
    values: starts.map((start) => {
      // NaN is null in the log.
      const finite = values.slice(start, start + size).filter((value) => Number.isFinite(value));
      return finite.length === 0 ? null : Number(meanOf(finite).toPrecision(5));
    }),
  };
}

/** Steps of an epoch; null before the end of the first. */
export function stepsPerEpoch(lines: readonly MetricsLine[]): number | null {
  const last = lines.findLast(({ kind }) => kind === "epoch");
  return last === undefined ? null : last.step / last.epoch;
}
