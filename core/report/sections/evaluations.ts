/** Figures of evaluations with their intervals, and the pictures at both ends. */
import { basename } from "@std/path";
import { formatNumber, fourDigitsOf, heading } from "../../evaluate/figures.ts";
import { shortCommit } from "../../provenance.ts";
import type {
  EvaluationFigures,
  EvaluationPanel,
  FigureDifference,
  FigureEstimate,
  RunEvaluation,
} from "../evaluation.ts";
import { type Html, html } from "../html.ts";
import type { Report } from "../report.ts";
import { drawLabel, drawProvenance } from "./runs.ts";

type MetricFigures = EvaluationFigures["metrics"][number];

/** Nothing where no run has been evaluated. */
export function drawEvaluations({ evaluations }: Report): Html | null {
  if (evaluations.length === 0) return null;
  return html`<section id="evaluations">
<h2>Evaluation</h2>
${drawComparison(evaluations)}
${evaluations.map(drawEvaluation)}
</section>`;
}

/** All evaluations side by side; nothing of a single one. */
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
              html`<th class="n">${drawLabel(run)}<br><small>${name}, ${
                figures.modes[0]
              }</small></th>`
            )}</tr>
          </thead>
          <tbody>${[...metrics.values()].map((shown) =>
            html`<tr><th scope="row">${heading(shown)}</th>${
              evaluations.map(({ figures: { metrics, modes } }) => {
                const metric = metrics.find(({ name }) => name === shown.name);
                return drawEstimate(metric?.modes[modes[0] ?? ""] ?? null, digitsOf(shown));
              })
            }</tr>`
          )}</tbody>
        </table>
      </div>
      <figcaption><p>The first mode of each evaluation, with its intervals. Of evaluations with --against the difference itself has an interval, picture by picture: see below.</p>${drawProvenance(
        runs,
      )}</figcaption>
    </figure>
  `;
}

function drawEvaluation({ run, name, figures, best, worst }: RunEvaluation): Html {
  const { names, split, modes, metrics, engine, commit, intervals, against } = figures;
  return html`<article>
<h3>${drawLabel(run)} <span class="sub">${name}</span></h3>
<figure>
<div class="scroll"><table class="figures">
<thead><tr><th>Metric</th><th class="n">Input as it is</th>${
    modes.map((mode) =>
      html`<th class="n">${mode}</th><th class="n">from the input</th>${
        against === null ? null : html`<th class="n">from the other run</th>`
      }`
    )
  }</tr></thead>
<tbody>${metrics.map((metric) => drawMetric(metric, figures))}</tbody>
</table></div>
<figcaption><p>Means over ${names.length} ${split} pictures of the checkpoint ${figures.run.checkpoint.name}; in brackets, intervals: ${intervals}. ↑ higher is better, ↓ lower, → nearer; ✓ better and ✗ worse beyond doubt at this level.${
    against === null ? "" : ` The other run: ${basename(against.folder)}.`
  }</p><p class="provenance">Evaluated by ${engine.name} ${engine.version}, commit ${
    shortCommit(commit)
  }</p>${drawProvenance([run])}</figcaption>
</figure>
${drawPanels("Worst cases", worst)}
${
    best.length === 0
      ? null
      : html`<details><summary>Best cases</summary>${drawPanels("Best cases", best)}</details>`
  }
</article>`;
}

function drawMetric(metric: MetricFigures, { modes, against }: EvaluationFigures): Html {
  const digits = digitsOf(metric);
  return html`<tr><th scope="row">${heading(metric)}</th>${drawEstimate(metric.identity, digits)}${
    modes.map((mode) => {
      const summary = metric.modes[mode] ?? null;
      return html`${drawEstimate(summary, digits)}${
        drawDifference(summary?.fromIdentity ?? null, digits)
      }${against === null ? null : drawDifference(summary?.fromOther ?? null, digits)}`;
    })
  }</tr>`;
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

function drawPanels(title: string, panels: readonly EvaluationPanel[]): Html | null {
  if (panels.length === 0) return null;
  return html`<h4>${title}</h4>${
    panels.map(({ name, picture: { source, width, height } }) =>
      html`
        <figure
          class="panel"><img src="${source}" width="${width}" height="${height}" alt="${name}"><figcaption>${name}</figcaption></figure>
      `
    )
  }`;
}
