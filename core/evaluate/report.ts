/** The results of an evaluation, with their provenance. */
import { basename } from "@std/path";
import type { Engine } from "../backends/engine.ts";
import type { Weights } from "../runs/generator_file.ts";
import type { Metric, SetMetric } from "../interfaces/metrics.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import { shortHash } from "../runs/provenance.ts";
import { sourceCommit, versions } from "../runs/provenance.ts";
import { INTERVALS } from "./bootstrap.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Split, Subject } from "./subject.ts";
import { type MetricSummary, summarise } from "./summary.ts";

/** The provenance of a run's figures. */
export interface RunIdentity {
  readonly folder: string;
  readonly experiment: string;
  readonly seed: number;
  /** The git commit of the sources that trained it. */
  readonly commit: string | null;
  readonly data: { readonly description: string; readonly fingerprint: string };
  /** The engine that trained it, e.g. `tensorflow 2.21.0`. */
  readonly engine: string;
  /** Of the targets, e.g. `256x256`. */
  readonly size: string;
  readonly checkpoint: { readonly name: string; readonly epoch: number; readonly step: number };
  /** The generator's weights: their moving average, or as trained. */
  readonly weights: Weights;
}

/** The contents of evaluation.json. */
export interface EvaluationReport {
  readonly format: 1;
  readonly run: RunIdentity;
  readonly against: RunIdentity | null;
  readonly split: Split;
  /** The data evaluated: the run's, unless another data set was given. */
  readonly data: RunIdentity["data"];
  /** Names of the pairs, in the order of all values. */
  readonly names: readonly string[];
  /** The other run's pairs. */
  readonly namesAgainst: readonly string[] | null;
  readonly modes: readonly InferenceMode[];
  /** The engine that computed predictions and metrics. */
  readonly engine: { readonly name: string; readonly version: string; readonly threads: number };
  readonly versions: Readonly<Record<string, string>>;
  /** The git commit of the sources that evaluated it. */
  readonly commit: string | null;
  /** ISO 8601. */
  readonly evaluated: string;
  readonly intervals: string;
  /** Why figures may not compare. */
  readonly warnings: readonly string[];
  readonly metrics: readonly MetricSummary[];
}

/** Parts of a report. */
export interface ReportParts {
  readonly subject: Subject;
  readonly evaluation: Evaluation;
  readonly against?: { readonly subject: Subject; readonly evaluation: Evaluation } | undefined;
  readonly metrics: readonly (Metric | SetMetric)[];
  readonly engine: Engine;
  /** Found before. */
  readonly warnings: readonly string[];
}

/** Makes a report of an evaluation. */
export async function makeReport(
  { subject, evaluation, against, metrics, engine, warnings }: ReportParts,
): Promise<EvaluationReport> {
  return {
    format: 1,
    run: identify(subject),
    against: against === undefined ? null : identify(against.subject),
    split: subject.split,
    data: subject.data,
    names: evaluation.names,
    namesAgainst: against?.evaluation.names ?? null,
    modes: [...evaluation.modes.keys()],
    engine: { name: engine.name, version: engine.version, threads: engine.threads },
    versions: versions(),
    commit: await sourceCommit(),
    evaluated: new Date().toISOString(),
    intervals: INTERVALS,
    warnings,
    metrics: summarise(evaluation, { metrics, other: against?.evaluation }),
  };
}

/** The provenance of a subject's figures. */
export function identify({ folder, record, checkpoint, weights }: Subject): RunIdentity {
  const { width, height } = record.shape.target;
  return {
    folder,
    experiment: record.experiment.name,
    seed: record.seed,
    commit: record.commit,
    data: record.data,
    engine: `${record.engine.name} ${record.engine.version}`,
    size: `${width}x${height}`,
    checkpoint: {
      name: basename(checkpoint.folder),
      epoch: checkpoint.state.epoch,
      step: checkpoint.state.step,
    },
    weights,
  };
}

/**
 * Warnings about comparing two runs.
 *
 * @param common The number of pictures that both are evaluated on.
 */
export function compareRuns(a: RunIdentity, b: RunIdentity, common: number): string[] {
  const differ = (what: string, one: string, other: string): string[] =>
    one === other ? [] : [`The runs differ in ${what}: ${one} and ${other}`];
  const warnings = [
    ...differ("size", a.size, b.size),
    ...differ("weights", a.weights, b.weights),
    ...differ("engine", a.engine, b.engine),
  ];
  if (a.data.fingerprint !== b.data.fingerprint) {
    warnings.unshift(
      `The runs differ in data: ${describeData(a)} and ${
        describeData(b)
      }; differences are of the ${common} pictures of the same name`,
    );
  }
  return warnings;
}

/** `500 pairs, fedcba987654`. */
export function describeData({ data }: Pick<RunIdentity, "data">): string {
  return `${data.description}, ${shortHash(data.fingerprint)}`;
}
