/** From numbers of pictures to what they say: means, how sure they are, and differences. */
import type { Better, Metric, SetMetric } from "../interfaces/metrics.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import { scoreOf } from "./better.ts";
import { createBootstrap, type Interval } from "./bootstrap.ts";
import type { Evaluation } from "./evaluate.ts";
import { isSetMetric, type Measured } from "./measure.ts";
import { differenceOf, meanOf, sampleDeviation } from "./statistics.ts";

/** One metric over the pictures. */
export interface Estimate {
  /** Of each picture; null for a measure of the whole set. */
  readonly values: readonly number[] | null;
  /** Over the pictures, or the measure of the set. */
  readonly mean: number;
  /** The sample deviation over the pictures; null of less than two. */
  readonly deviation: number | null;
  /** Of the mean; null where it cannot be told. */
  readonly interval: Interval | null;
}

/** How an estimate differs from another one over the same pictures. */
export interface Difference {
  /** Pictures that both have. */
  readonly pictures: number;
  readonly mean: number;
  /** Of the mean difference, picture by picture; null where it cannot be told. */
  readonly interval: Interval | null;
  /** `better` or `worse` where the interval leaves no doubt of it; of a measure of sets it cannot. */
  readonly verdict: "better" | "worse" | "unclear";
}

/** What predictions of one mode come to. */
export interface ModeSummary extends Estimate {
  /** Against the inputs as they are. */
  readonly fromIdentity: Difference | null;
  /** Against the other run's predictions of the same mode. */
  readonly fromOther: Difference | null;
}

/** All about one metric. */
export interface MetricSummary {
  readonly name: string;
  readonly unit: string | null;
  readonly better: Better;
  readonly of: "pictures" | "set";
  readonly modes: Readonly<Partial<Record<InferenceMode, ModeSummary>>>;
  readonly identity: Estimate | null;
  /** The other run's. */
  readonly other: Readonly<Partial<Record<InferenceMode, Estimate>>> | null;
}

/**
 * Summarises an evaluation, beside that of another run if there is one. Pictures are paired by
 * their names.
 */
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
    return { values: null, mean: sets[name] ?? NaN, deviation: null, interval: null };
  }
  const mean = meanOf(values);
  return { values, mean, deviation: sampleDeviation(values), interval: bootstrap(values) };
}

/** Numbers, and the pictures that they belong to. */
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
    mean: meanOf(differences),
    interval: bootstrap(differences),
    verdict: verdictOf(bootstrap(gains)),
  };
}

function verdictOf(gain: Interval | null): Difference["verdict"] {
  if (gain !== null && gain.low > 0) return "better";
  return gain !== null && gain.high < 0 ? "worse" : "unclear";
}
