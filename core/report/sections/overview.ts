/** The head of the page, and the table of runs. */
import { meanOf } from "../../evaluate/statistics.ts";
import { formatDuration } from "../../base/terminal.ts";
import { parametersNow } from "../ending.ts";
import { type Html, html } from "../html.ts";
import type { Report } from "../contents.ts";
import type { ReportedRun } from "../run.ts";
import { drawLabel } from "./runs.ts";

/** Title and warnings. */
export function drawHead({ ablation, runs, warnings, made }: Report, title: string): Html {
  const scale = ablation === null ? "" : `scale ${ablation.scale}, `;
  return html`
    <header>
      <h1>${title}</h1>
      <p class="sub">Pairlab report, ${scale}${runs.length} run${runs.length === 1
        ? ""
        : "s"}, made ${formatTime(made)}</p>
    </header>
    ${warnings.length === 0 ? null : html`
      <aside class="warnings" role="note">
        <h2>Before you compare</h2>
        <ul>${warnings.map((warning) => html`<li>${warning}.</li>`)}</ul>
      </aside>
    `}
  `;
}

/** A table of the runs. */
export function drawOverview({ ablation, runs }: Report): Html {
  // In a sweep, labels name the variant.
  const isMixed = ablation === null;
  return html`
    <section id="runs">
      <h2>Runs</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Run</th>
              ${isMixed ? html`<th>Experiment</th>` : null}
              <th>Begun</th>
              <th class="n">Epochs</th>
              <th class="n">Steps</th>
              <th class="n">Time in steps</th>
              <th>Losses at the end</th>
              <th>Ended</th>
            </tr>
          </thead>
          <tbody>${runs.map((run) => drawRun(run, isMixed))}</tbody>
        </table>
      </div>
      <p class="note">Losses at the end: means over the last tenth of the steps.</p>
      ${drawChanges(runs)}
    </section>
  `;
}

function drawRun(run: ReportedRun, isMixed: boolean): Html {
  const { record, done, seconds } = run;
  const epochs = parametersNow(record)["epochs"];
  return html`
    <tr>
      <td>${drawLabel(run)}</td>
      ${isMixed ? html`<td>${record.experiment.name}</td>` : null}
      <td class="when">${formatTime(new Date(record.started))}</td>
      <td class="n">${done.epoch}${epochs === undefined ? "" : ` of ${epochs}`}</td>
      <td class="n">${done.step}</td>
      <td class="n">${formatDuration(seconds)}</td>
      <td>${lastLosses(run)}</td>
      <td class="words">${inWords(run)}</td>
    </tr>
  `;
}

function inWords({ ending }: ReportedRun): string {
  if (ending === null) return "not yet";
  return ending === "finished" ? "after all epochs" : `early: ${ending.stopped}`;
}

/** Changes of runs when they were resumed. */
function drawChanges(runs: readonly ReportedRun[]): Html | null {
  const changed = runs.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) return null;
  return html`
    <p class="note">Changed when resumed:</p>
    <ul class="note">${changed.flatMap((run) =>
      run.changes.map((words) => html`<li>${drawLabel(run)}, ${words}</li>`)
    )}</ul>
  `;
}

/** The means over the last tenth of the steps, a line each: `generator 14.2`, `discriminator 0.63`. */
function lastLosses({ curves }: ReportedRun): Html[] {
  return ["generator", "discriminator"].flatMap((name) => {
    const values = curves.find((curve) => curve.name === name)?.values ?? [];
    const last = values.slice(-Math.max(1, Math.round(values.length / 10)))
      .filter((value) => value !== null);
    if (last.length === 0) return [];
    return [html`<div>${name} ${meanOf(last).toPrecision(3)}</div>`];
  });
}

/** `2026-11-23 17:30 UTC`. */
function formatTime(time: Date): string {
  return Number.isNaN(time.getTime())
    ? "unknown"
    : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
