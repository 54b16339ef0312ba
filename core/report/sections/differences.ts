/** The differences between runs, and what they share. */
import type { ReportedAblation } from "../ablation.ts";
import {
  compareSettings,
  type DiffLine,
  diffLines,
  type Setting,
  withContext,
} from "../differences.ts";
import { type Html, html } from "../html.ts";
import type { Report } from "../contents.ts";
import type { ReportedRun } from "../run.ts";
import { drawLabel } from "./runs.ts";

/** The most changed lines that are shown. */
const MOST_CHANGES = 120;

/** The settings of one run, or those that differ between several. */
export function drawDifferences({ ablation, runs }: Report): Html {
  const { different, same } = compareSettings(runs);
  if (runs.length === 1) {
    return html`<section id="settings"><h2>Settings</h2>${drawShared(same)}</section>`;
  }
  return html`<section id="settings">
<h2>What differs</h2>
${
    different.length === 0
      ? html`<p>All parameters are the same.</p>`
      : drawDifferent(runs, different)
  }
<details><summary>The same in all runs: ${same.length} setting${
    same.length === 1 ? "" : "s"
  }</summary>${drawShared(same)}</details>
${ablation === null ? drawSources(runs) : drawMatrix(ablation.matrix)}
</section>`;
}

function drawDifferent(runs: readonly ReportedRun[], settings: readonly Setting[]): Html {
  return html`
    <div class="scroll">
      <table>
        <thead>
          <tr><th>Run</th>${settings.map(({ name }) => html`<th>${name}</th>`)}</tr>
        </thead>
        <tbody>${runs.map((run, row) =>
          html`<tr><td>${drawLabel(run)}</td>${
            settings.map(({ values }) =>
              values[row] === values[0]
                ? html`<td>${values[row]}</td>`
                : html`<td class="differs"><mark>${
                  values[row] === "" ? "–" : values[row]
                }</mark></td>`
            )
          }</tr>`
        )}</tbody>
      </table>
    </div>
    <p class="note">Marked: different from the first run.</p>
  `;
}

function drawShared(settings: readonly Setting[]): Html {
  return html`<dl class="settings">${
    settings.map(({ name, values }) =>
      html`
        <div>
          <dt>${name}</dt>
          <dd>${values[0]}</dd>
        </div>
      `
    )
  }</dl>`;
}

/** The matrix of a sweep. */
function drawMatrix(matrix: ReportedAblation["matrix"]): Html {
  return html`
    <details>
      <summary>The matrix, ${matrix.name}, as it was launched</summary>
      <pre class="diff">${matrix.text}</pre>
    </details>
  `;
}

/** Each source that differs from the first run's, against it. */
function drawSources(runs: readonly ReportedRun[]): Html {
  const [first, ...others] = runs;
  const hashOf = ({ record }: ReportedRun): string => record.experiment.sha256;
  const different = others.filter((run) => first !== undefined && hashOf(run) !== hashOf(first));
  const groups = Map.groupBy(different, hashOf);
  if (first === undefined || groups.size === 0) {
    return html`<p class="note">The experiment's source is the same in all runs.</p>`;
  }
  return html`${[...groups.values()].map((group) => drawSource(first, group[0] ?? first, group))}`;
}

function drawSource(first: ReportedRun, run: ReportedRun, group: readonly ReportedRun[]): Html {
  const lines = diffLines(
    first.record.experiment.source,
    run.record.experiment.source,
    MOST_CHANGES,
  );
  const labels = group.map(({ label }) => label).join("; ");
  const title = `Source of ${labels} against ${first.label}`;
  if (lines === null) return html`<p>${title}: too many lines differ to show them.</p>`;
  const changes = lines.filter(({ kind }) => kind !== "same").length;
  return html`
    <details>
      <summary>${title}: ${changes} line${changes === 1 ? "" : "s"} changed</summary>
      <pre class="diff">${withContext(lines).map(drawLine)}</pre>
    </details>
  `;
}

const SIGNS = { same: " ", removed: "-", added: "+" } as const;

function drawLine(line: DiffLine | null): Html {
  return line === null
    ? html`<span class="gap">⋯</span>\n`
    : html`<span class="${line.kind}">${SIGNS[line.kind]} ${line.text}</span>\n`;
}
