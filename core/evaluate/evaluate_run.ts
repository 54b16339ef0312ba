/** Evaluates a run: from its folder to the folder of the results. */
import { basename, extname, join } from "@std/path";
import type { CompileMode } from "../backends/compile.ts";
import { type EngineChoice, startEngine } from "../backends/engine.ts";
import { PairlabError } from "../base/errors.ts";
import { describeTestChoices } from "../experiment/choices.ts";
import { lastExperiment } from "../runs/history.ts";
import type { Metric, SetMetric } from "../interfaces/metrics.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import { INFERENCE_MODES } from "../model/inference_modes.ts";
import { openBar } from "../base/terminal.ts";
import type { Weights } from "../runs/generator_file.ts";
import type { ReopenOptions } from "../runs/reopen.ts";
import { shortName } from "../base/files.ts";
import { checkNames, chooseMetrics, suitableMetrics } from "./choose_metrics.ts";
import { evaluate, type Evaluation, type PredictedPair } from "./evaluate.ts";
import { checkReplaceable, writeEvaluation } from "./files.ts";
import {
  compareRuns,
  describeData,
  type EvaluationReport,
  identify,
  makeReport,
} from "./report.ts";
import { openSubject, type Subject, type SubjectOptions } from "./subject.ts";

/** Options of {@link evaluateRun}. */
export interface EvaluateRunOptions extends SubjectOptions {
  /** @default all of them */
  readonly modes?: readonly InferenceMode[] | undefined;
  /** Another run to compare with. */
  readonly against?: string | undefined;
  /** Of the other run. @default as `checkpoint` */
  readonly againstCheckpoint?: string | undefined;
  /** Of the other run. @default the average if its checkpoint has one */
  readonly againstWeights?: Weights | undefined;
  /** The metrics known by name. */
  readonly offered: readonly (Metric | SetMetric)[];
  /** Names of metrics and paths of modules. @default all that suit the pictures */
  readonly metrics?: readonly string[] | undefined;
  /** @default "RUN/evaluation/CHECKPOINT-SPLIT", and the options that were given */
  readonly out?: string | undefined;
  /** Write into a folder with other files. @default false */
  readonly overwrite?: boolean | undefined;
  /** Another data set. @default the run's */
  readonly dataset?: string | undefined;
  /** How many of the best and worst pictures are shown. @default 3 */
  readonly show?: number | undefined;
  /** Keep every input, target and prediction as a file. @default true */
  readonly pictures?: boolean | undefined;
  /** @default "auto" */
  readonly backend?: EngineChoice | undefined;
  /** @default "on": predictions are compiled if the engine can */
  readonly compile?: CompileMode | undefined;
  /** Called with messages. */
  readonly say: (line: string) => void;
}

/**
 * Evaluates a run and writes evaluation.json, pictures.csv, the pictures, and panels of the best and
 * worst.
 *
 * @throws {PairlabError} If the run, checkpoint, metrics or folder cannot be used.
 */
export async function evaluateRun(
  folder: string,
  options: EvaluateRunOptions,
): Promise<{ readonly report: EvaluationReport; readonly folder: string }> {
  const { say, modes = INFERENCE_MODES } = options;
  // Check what can be checked before opening data and starting an engine.
  checkNames(options.metrics ?? [], options.offered);
  if (options.out !== undefined) await checkReplaceable(options.out, options.overwrite);
  const subject = await openSubject(folder, { ...options, ...dataOf(options), warn: say });
  const other = await openOther(options);
  const warnings = warningsOf(subject, other, options);
  const engine = await startEngine(options.backend ?? "auto");
  say(`Engine: ${engine.reason}`);
  const metrics = await metricsFor(subject, options);
  const out = options.out ?? join(folder, "evaluation", nameOf(subject, options));
  const predict = (
    of: Subject,
    onPair?: (pair: PredictedPair) => Promise<void>,
  ): Promise<Evaluation> => evaluateWithBar(of, { metrics, modes, options, onPair });

  let report: EvaluationReport | undefined;
  const { show = 3, pictures = true, overwrite } = options;
  const writing = { names: subject.pairs.names, show, pictures, overwrite };
  await writeEvaluation(out, writing, async (files) => {
    const evaluation = await predict(subject, (pair) => files.addPair(pair));
    const against = other && { subject: other, evaluation: await predict(other) };
    report = await makeReport({ subject, evaluation, against, metrics, engine, warnings });
    await files.finish(report);
  });
  return { report: report!, folder: out }; // set while the folder was filled
}

/** Another data set takes the place of the run's `dataset`. */
function dataOf({ dataset }: EvaluateRunOptions): ReopenOptions {
  return dataset === undefined ? {} : { parameters: { dataset }, allowOtherData: true };
}

/** A name for the options: `epoch-0025-test-running-psnr`. */
function nameOf(
  { checkpoint, split, data, record }: Subject,
  { modes, weights, limit, metrics, against, dataset, ...others }: EvaluateRunOptions,
): string {
  const parts = [basename(checkpoint.folder), split, ...modes ?? []];
  if (dataset !== undefined && data.fingerprint !== record.data.fingerprint) {
    parts.push(basename(dataset));
  }
  if (weights !== undefined) parts.push(weights);
  if (limit !== undefined) parts.push(`first${limit}`);
  for (const word of metrics ?? []) parts.push(basename(word, extname(word)));
  if (against !== undefined) parts.push("against", basename(against));
  for (const word of [others.againstCheckpoint, others.againstWeights]) {
    if (word !== undefined) parts.push(word);
  }
  return shortName(parts.join("-"));
}

async function openOther(options: EvaluateRunOptions): Promise<Subject | undefined> {
  const { against, againstCheckpoint, againstWeights, checkpoint, split, limit } = options;
  if (against === undefined) return undefined;
  return await openSubject(against, {
    split,
    limit,
    checkpoint: againstCheckpoint ?? checkpoint,
    weights: againstWeights,
    allowChanges: options.allowChanges,
    warn: options.say,
    ...dataOf(options),
  });
}

function warningsOf(
  subject: Subject,
  other: Subject | undefined,
  { checkpoint, split = "test" }: EvaluateRunOptions,
): string[] {
  const warnings: string[] = [];
  const { choices } = lastExperiment(subject.record);
  if (split === "test" && choices === undefined && checkpoint === "best") {
    // Of an earlier version.
    warnings.push(
      "The best checkpoint was chosen by test pictures, so its figures on them are biased",
    );
  }
  const byTest = describeTestChoices(choices);
  if (split === "test" && byTest !== null) warnings.push(`The run was ${byTest}`);
  if (subject.data.fingerprint !== subject.record.data.fingerprint) {
    warnings.push(
      `Evaluated on other data than the run's: ${describeData(subject)}, instead of ${
        describeData(subject.record)
      }`,
    );
  }
  if (other === undefined) return warnings;
  const names = new Set(other.pairs.names);
  const common = subject.pairs.names.filter((name) => names.has(name)).length;
  if (common === 0) {
    throw new PairlabError(
      `Cannot compare "${subject.folder}" with "${other.folder}": they have no picture in common. Compare runs of the same data, or pass --dataset.`,
    );
  }
  return [...warnings, ...compareRuns(identify(subject), identify(other), common)];
}

async function metricsFor(
  { record }: Subject,
  { metrics, offered, say }: EvaluateRunOptions,
): Promise<(Metric | SetMetric)[]> {
  if (metrics !== undefined) return await chooseMetrics(metrics, offered);
  const suitable = await suitableMetrics(offered, record.shape.target);
  for (const reason of suitable.reasons) say(reason);
  return suitable.metrics;
}

async function evaluateWithBar(
  subject: Subject,
  { metrics, modes, options, onPair }: {
    readonly metrics: readonly (Metric | SetMetric)[];
    readonly modes: readonly InferenceMode[];
    readonly options: EvaluateRunOptions;
    readonly onPair?: ((pair: PredictedPair) => Promise<void>) | undefined;
  },
): Promise<Evaluation> {
  const predictor = await subject.load(options.compile);
  const { pairs } = subject;
  using bar = openBar("Evaluating", pairs.names.length);
  return await evaluate({ pairs, predictor }, {
    metrics,
    modes,
    onPair: async (pair) => {
      await onPair?.(pair);
      bar.update(pair.index + 1);
    },
  });
}
