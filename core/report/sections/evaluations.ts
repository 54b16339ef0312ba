/** Figures of evaluations with their intervals, and panels of the best and worst pictures. */
import { basename } from "@std/path";
import { describeLeftOut, formatNumber, fourDigitsOf, heading } from "../../evaluate/figures.ts";
import type { InferenceMode } from "../../interfaces/networks.ts";
import { describeMode } from "../../model/inference_modes.ts";
import { shortCommit } from "../../runs/provenance.ts";
import type {
  EvaluationFigures,
  EvaluationPanel,
  FigureDifference,
  FigureEstimate,
  RunEvaluation,
} from "../evaluation.ts";
import { type Html, html } from "../html.ts";
import type { Report } from "../contents.ts";
import { drawLabel, drawProvenance } from "./runs.ts";

type MetricFigures = EvaluationFigures["metrics"][number];

/** Null if no run has been evaluated. */
export function drawEvaluations({ evaluations }: Report): Html | null {
  if (evaluations.length === 0) return null;
  return html`<section id="evaluations">
<h2>Evaluation</h2>
${drawComparison(evaluations)}
${evaluations.map(drawEvaluation)}
</section>`;
}

/** All evaluations side by side; null of a single one. */
function drawComparison(evaluations: readonly RunEvaluation[]): Html | null {
  if (evaluations.length < 2) return null;
  const metrics = new Map(
    evaluations.flatMap(({ figures }) => figures.metrics).map((metric) => [metric.name, metric]),
  );
  const runs = [...new Set(evaluations.map(({ run }) => run))];
  return html`
    <figure>
      <div class="scroll">
        <table class="figures">
          <thead>
            <tr><th>Metric</th>${evaluations.map(({ run, name, figures }) =>
              html`<th class="n">${drawLabel(run)}<br><small>${name}<br>${figures.modes[0]}${
                figures.run.weights === "averaged" ? ", averaged weights" : ""
              }</small></th>`
            )}</tr>
          </thead>
          <tbody>${[...metrics.values()].map((shown) =>
            html`<tr><th scope="row">${heading(shown)}</th>${
              evaluations.map(({ figures: { metrics, modes } }) => {
                const metric = metrics.find(({ name }) => name === shown.name);
                const first = modes[0] === undefined ? null : metric?.modes[modes[0]];
                return drawEstimate(first ?? null, digitsOf(shown));
              })
            }</tr>`
          )}</tbody>
        </table>
      </div>
      <figcaption><p>The first mode of each evaluation, with intervals. Evaluations with --against have an interval of the difference, picture by picture: see below.</p>${drawProvenance(
        runs,
      )}</figcaption>
    </figure>
  `;
}

function drawEvaluation({ run, name, figures, best, worst }: RunEvaluation): Html {
  const { names, split, modes, engine, commit, intervals, against } = figures;
  const [first, ...others] = modes;
  return html`<article>
<h3>${drawLabel(run)} <span class="sub">${name}</span></h3>
<figure>
${first === undefined ? null : html`<h4>${inWords(first)}</h4>${drawMode(first, figures)}`}
<figcaption><p>Means over ${names.length} ${split} picture${
    names.length === 1 ? "" : "s"
  } of the checkpoint ${
    describeSubject(figures.run)
  }; in brackets, intervals: ${intervals}. ↑ higher is better, ↓ lower, → nearer; ✓ better and ✗ worse where the interval excludes 0.${
    against === null
      ? ""
      : ` The other run: ${basename(against.folder)}, ${describeSubject(against)}.`
  }</p><p class="provenance">Evaluated by ${engine.name} ${engine.version}, commit ${
    shortCommit(commit)
  }</p>${drawProvenance([run])}</figcaption>
</figure>
${
    others.map((mode) =>
      html`<details><summary>${inWords(mode)}</summary>${drawMode(mode, figures)}</details>`
    )
  }
${worst.length === 0 ? null : html`<h4>Worst cases</h4>${worst.map(drawPanel)}`}
${
    best.length === 0
      ? null
      : html`<details><summary>Best cases</summary>${best.map(drawPanel)}</details>`
  }
</article>`;
}

/** `epoch-0025 (averaged weights)`. */
function describeSubject({ checkpoint, weights }: EvaluationFigures["run"]): string {
  return `${checkpoint.name}${weights === "averaged" ? " (averaged weights)" : ""}`;
}

/** `Mode paper: dropout, statistics of the picture`. */
function inWords(mode: InferenceMode): string {
  return `Mode ${mode}: ${describeMode(mode)}`;
}

/** The figures of one mode, and their differences from the input and another run. */
function drawMode(mode: InferenceMode, { metrics, against }: EvaluationFigures): Html {
  const other = against === null ? null : html`
    <th class="n">Other run</th>
    <th class="n">difference from it</th>
  `;
  const leftOut = describeLeftOut(metrics, mode);
  return html`
    <div class="scroll">
      <table class="figures" aria-label="${inWords(mode)}">
        <thead>
          <tr><th>Metric</th><th class="n">Prediction</th><th class="n">Input as it is</th><th class="n">difference from it</th>${other}</tr>
        </thead>
        <tbody>${metrics.map((metric) => drawMetric(metric, mode, against !== null))}</tbody>
      </table>
    </div>
    ${leftOut === null ? null : html`<p class="note">${leftOut}.</p>`}
  `;
}

function drawMetric(metric: MetricFigures, mode: InferenceMode, hasOther: boolean): Html {
  const digits = digitsOf(metric);
  const summary = metric.modes[mode] ?? null;
  const other = hasOther
    ? html`${drawEstimate(metric.other?.[mode] ?? null, digits)}${
      drawDifference(summary?.fromOther ?? null, digits)
    }`
    : null;
  return html`<tr><th scope="row">${heading(metric)}</th>${drawEstimate(summary, digits)}${
    drawEstimate(metric.identity, digits)
  }${drawDifference(summary?.fromIdentity ?? null, digits)}${other}</tr>`;
}

function drawEstimate(estimate: FigureEstimate | null, digits: number): Html {
  if (estimate === null) return html`<td class="n">–</td>`;
  return html`<td class="n">${formatNumber(estimate.mean, digits)}${
    drawInterval(estimate.interval, digits)
  }</td>`;
}

const MARKS = { better: " ✓", worse: " ✗", unclear: "" } as const;

function drawDifference(difference: FigureDifference | null, digits: number): Html {
  if (difference === null) return html`<td class="n">–</td>`;
  const { mean, interval, verdict } = difference;
  return html`<td class="n ${verdict}">${mean > 0 ? "+" : ""}${formatNumber(mean, digits)}${
    MARKS[verdict]
  }${drawInterval(interval, digits)}</td>`;
}

function drawInterval(interval: FigureEstimate["interval"], digits: number): Html | null {
  if (interval === null) return null;
  return html`<br><small>[${formatNumber(interval.low, digits)}, ${
    formatNumber(interval.high, digits)
  }]</small>`;
}

/** Four digits of the typical size of a metric. */
function digitsOf(metric: MetricFigures): number {
  const value = metric.identity?.mean ?? Object.values(metric.modes)[0]?.mean ?? 0;
  return fourDigitsOf(value);
}

/** A panel, named by rank and picture: `1_rose`. */
function drawPanel({ name, picture: { source, width, height } }: EvaluationPanel): Html {
  const words = name.replace(/^(\d+)_/, "$1. ");
  return html`
    <figure class="panel">
      <img src="${source}" width="${width}" height="${height}" alt="${words}">
      <figcaption>${words}</figcaption>
    </figure>
  `;
}
