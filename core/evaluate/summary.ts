/** Summaries of an evaluation: means, intervals and differences. */
import { z } from "zod";
import { Better, Figure } from "../base/json.ts";
import type { Metric, SetMetric } from "../interfaces/metrics.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import { INFERENCE_MODES } from "../model/inference_modes.ts";
import { scoreOf } from "./better.ts";
import { createBootstrap, type Interval } from "./bootstrap.ts";
import type { Evaluation } from "./evaluate.ts";
import { isSetMetric, type Measured } from "./measure.ts";
import { averageOf, differenceOf, sampleDeviation } from "./statistics.ts";

/** The part of {@link Estimate} that is read again; evaluations of earlier versions left nothing out. */
export const EstimateJson = z.object({
  /** Of the finite values, or the measure of the set. */
  mean: Figure,
  /** NaN and infinite values, which mean, deviation and interval leave out. */
  leftOut: z.number().default(0),
  /** The sample deviation over the pictures; null of fewer than two. */
  deviation: Figure.nullable(),
  /** Of the mean; null of fewer than two values. */
  interval: z.object({ low: Figure, high: Figure }).nullable(),
});

/** One metric over the pictures. */
export interface Estimate extends z.infer<typeof EstimateJson> {
  /** Of each picture; null for a measure of the whole set. */
  readonly values: readonly number[] | null;
}

/** The part of {@link Difference} that is read again. */
export const DifferenceJson = EstimateJson.omit({ deviation: true }).extend({
  /** `better` or `worse` if the interval excludes 0; always `unclear` for a measure of sets. */
  verdict: z.enum(["better", "worse", "unclear"]),
});

/** The difference of two estimates over the same pictures, picture by picture. */
export interface Difference extends z.infer<typeof DifferenceJson> {
  /** Pictures that both have. */
  readonly pictures: number;
}

/** The predictions of one mode. */
export interface ModeSummary extends Estimate {
  /** From the inputs as they are. */
  readonly fromIdentity: Difference | null;
  /** From the other run's predictions in the same mode. */
  readonly fromOther: Difference | null;
}

/** The part of {@link MetricSummary} that is read again. */
export const MetricJson = z.object({
  name: z.string(),
  unit: z.string().nullable(),
  better: Better,
  modes: z.partialRecord(
    z.enum(INFERENCE_MODES),
    EstimateJson.extend({
      fromIdentity: DifferenceJson.nullable(),
      fromOther: DifferenceJson.nullable(),
    }),
  ),
  identity: EstimateJson.nullable(),
  /** The other run's. */
  other: z.partialRecord(z.enum(INFERENCE_MODES), EstimateJson).nullable(),
});

/** One metric in all modes. */
export interface MetricSummary extends z.infer<typeof MetricJson> {
  readonly of: "pictures" | "set";
  readonly modes: Partial<Record<InferenceMode, ModeSummary>>;
  readonly identity: Estimate | null;
  readonly other: Partial<Record<InferenceMode, Estimate>> | null;
}

/** Summarises an evaluation, and its differences from another run. Pictures are paired by name. */
export function summarise(
  evaluation: Evaluation,
  { metrics, other }: {
    readonly metrics: readonly (Metric | SetMetric)[];
    readonly other?: Evaluation | undefined;
  },
): MetricSummary[] {
  const bootstrap = createBootstrap();
  const { names, identity } = evaluation;
  return metrics.map((metric) => {
    const estimate = (measured: Measured): Estimate => estimateOf(metric, measured, bootstrap);
    const modes = [...evaluation.modes].map(([mode, measured]) => {
      const own = { names, measured };
      const otherMeasured = other?.modes.get(mode);
      const difference = (from: Named): Difference => compare(metric, own, from, bootstrap);
      return [mode, {
        ...estimate(measured),
        fromIdentity: identity && difference({ names, measured: identity }),
        fromOther: other === undefined || otherMeasured === undefined
          ? null
          : difference({ names: other.names, measured: otherMeasured }),
      }];
    });
    return {
      name: metric.name,
      unit: metric.unit ?? null,
      better: metric.better,
      of: isSetMetric(metric) ? "set" : "pictures",
      modes: Object.fromEntries(modes),
      identity: identity && estimate(identity),
      other: other === undefined ? null : Object.fromEntries(
        [...other.modes].map(([mode, measured]) => [mode, estimate(measured)]),
      ),
    };
  });
}

type Bootstrap = ReturnType<typeof createBootstrap>;

function estimateOf(
  { name }: Metric | SetMetric,
  { pictures, sets }: Measured,
  bootstrap: Bootstrap,
): Estimate {
  const values = pictures[name];
  if (values === undefined) {
    const mean = sets[name] ?? NaN;
    return { values: null, mean, leftOut: 0, deviation: null, interval: null };
  }
  const finite = values.filter(Number.isFinite);
  return {
    values,
    ...averageOf(values),
    deviation: sampleDeviation(finite),
    interval: bootstrap(finite),
  };
}

/** Values, and the pictures that they belong to. */
interface Named {
  readonly names: readonly string[];
  readonly measured: Measured;
}

function compare(
  { name, better }: Metric | SetMetric,
  own: Named,
  from: Named,
  bootstrap: Bootstrap,
): Difference {
  const places = new Map(from.names.map((picture, index) => [picture, index]));
  const common = own.names.flatMap((picture, index) => {
    const place = places.get(picture);
    return place === undefined ? [] : [[index, place] as const];
  });
  const ofOwn = own.measured.pictures[name], ofFrom = from.measured.pictures[name];
  const pairs = ofOwn === undefined || ofFrom === undefined
    ? [[own.measured.sets[name]!, from.measured.sets[name]!] as const]
    : common.map(([index, place]) => [ofOwn[index]!, ofFrom[place]!] as const);
  const differences = pairs.map(([a, b]) => differenceOf(a, b));
  const gains = pairs.map(([a, b]) => differenceOf(scoreOf(a, better), scoreOf(b, better)));
  return {
    pictures: common.length,
    ...averageOf(differences),
    interval: bootstrap(differences.filter(Number.isFinite)),
    verdict: verdictOf(bootstrap(gains.filter(Number.isFinite))),
  };
}

function verdictOf(gain: Interval | null): Difference["verdict"] {
  if (gain !== null && gain.low > 0) return "better";
  return gain !== null && gain.high < 0 ? "worse" : "unclear";
}
