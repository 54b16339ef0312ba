/** A run evaluated, from its folder to the folder of its figures. */
import { basename, extname, join } from "@std/path";
import type { CompileMode } from "../backends/compile.ts";
import { type EngineChoice, startEngine } from "../backends/engine.ts";
import { PairlabError } from "../base/errors.ts";
import type { Metric, SetMetric } from "../interfaces/metrics.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import { INFERENCE_MODES } from "../model/inference_modes.ts";
import { openBar } from "../base/terminal.ts";
import type { Weights } from "../runs/generator_file.ts";
import { checkNames, chooseMetrics, suitableMetrics } from "./choose_metrics.ts";
import { evaluate, type Evaluation, type PredictedPair } from "./evaluate.ts";
import { checkReplaceable, writeEvaluation } from "./files.ts";
import { compareRuns, type EvaluationReport, identify, makeReport } from "./report.ts";
import { openSubject, type Subject, type SubjectOptions } from "./subject.ts";

/** How a run is evaluated. */
export interface EvaluateRunOptions extends SubjectOptions {
  /** @default all of them */
  readonly modes?: readonly InferenceMode[] | undefined;
  /** Another run, on whose figures this one's differences are taken. */
  readonly against?: string | undefined;
  /** Of the other run. @default the same words as for this one */
  readonly againstCheckpoint?: string | undefined;
  /** Of the other run. @default the average if its checkpoint holds one */
  readonly againstWeights?: Weights | undefined;
  /** The metrics that there are. */
  readonly offered: readonly (Metric | SetMetric)[];
  /** Names of metrics, and paths of modules that give some. @default all that suit the pictures */
  readonly metrics?: readonly string[] | undefined;
  /** @default "RUN/evaluation/CHECKPOINT-SPLIT", and what else was asked for in particular */
  readonly out?: string | undefined;
  /** How many of the best and worst pictures are shown. @default 3 */
  readonly show?: number | undefined;
  /** Keep every input, target and prediction as a file. @default true */
  readonly pictures?: boolean | undefined;
  /** @default "auto" */
  readonly backend?: EngineChoice | undefined;
  /** Whether predictions are compiled. @default "on": where the engine can */
  readonly compile?: CompileMode | undefined;
  /** Told what happens. */
  readonly say: (line: string) => void;
}

/**
 * Evaluates a run and writes what it finds: evaluation.json, pictures.csv, the pictures, the best
 * and the worst.
 *
 * @throws {PairlabError} For a run, checkpoint, metric or folder that does not serve.
 */
export async function evaluateRun(
  folder: string,
  options: EvaluateRunOptions,
): Promise<{ readonly report: EvaluationReport; readonly folder: string }> {
  const { say, modes = INFERENCE_MODES } = options;
  // What can be told at once is told before data are opened and an engine is started.
  checkNames(options.metrics ?? [], options.offered);
  if (options.out !== undefined) await checkReplaceable(options.out);
  const subject = await openSubject(folder, { ...options, warn: say });
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
  const { show = 3, pictures = true } = options;
  await writeEvaluation(out, { names: subject.pairs.names, show, pictures }, async (files) => {
    const evaluation = await predict(subject, (pair) => files.addPair(pair));
    const against = other && { subject: other, evaluation: await predict(other) };
    report = await makeReport({ subject, evaluation, against, metrics, engine, warnings });
    await files.finish(report);
  });
  return { report: report!, folder: out }; // it was filled
}

/** The same question has the same name, another one another: `epoch-0025-test-running-psnr`. */
function nameOf(
  { checkpoint, split }: Subject,
  { modes, weights, limit, metrics, against, ...others }: EvaluateRunOptions,
): string {
  const parts = [basename(checkpoint.folder), split, ...modes ?? []];
  if (weights !== undefined) parts.push(weights);
  if (limit !== undefined) parts.push(`first${limit}`);
  for (const word of metrics ?? []) parts.push(basename(word, extname(word)));
  if (against !== undefined) parts.push("against", basename(against));
  for (const word of [others.againstCheckpoint, others.againstWeights]) {
    if (word !== undefined) parts.push(word);
  }
  return parts.join("-");
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
  });
}

function warningsOf(
  subject: Subject,
  other: Subject | undefined,
  { checkpoint, split = "test" }: EvaluateRunOptions,
): string[] {
  const warnings: string[] = [];
  if (checkpoint === "best" && split === "test") {
    warnings.push(
      "The best checkpoint was chosen by test pictures: its figures on them are better than they would be on others",
    );
  }
  if (other === undefined) return warnings;
  const names = new Set(other.pairs.names);
  const common = subject.pairs.names.filter((name) => names.has(name)).length;
  if (common === 0) {
    throw new PairlabError(
      `Cannot compare "${subject.folder}" with "${other.folder}": they have no picture in common, runs of the same data would work`,
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
  const bar = openBar("Evaluating", pairs.names.length);
  try {
    return await evaluate({ pairs, predictor }, {
      metrics,
      modes,
      onPair: async (pair) => {
        await onPair?.(pair);
        bar.update(pair.index + 1);
      },
    });
  } finally {
    bar.stop();
  }
}
