/** Engines, versions and data of the runs. */
import { shortCommit, shortHash } from "../../runs/provenance.ts";
import { type Html, html } from "../html.ts";
import { engineOf } from "../provenance.ts";
import type { Report } from "../contents.ts";
import type { ReportedRun } from "../run.ts";
import { drawLabel } from "./runs.ts";

/** Engine, versions, commit and data of each run; full hashes are tooltips. */
export function drawEnvironment({ runs }: Report): Html {
  const versions = [...new Set(runs.flatMap(({ record }) => Object.keys(record.versions)))];
  return html`<section id="environment">
<h2>Environment</h2>
<div class="scroll"><table>
<thead><tr><th>Run</th><th>Engine</th>${
    versions.map((name) => html`<th>${name}</th>`)
  }<th>Commit</th><th>Data</th><th>Experiment</th></tr></thead>
<tbody>${runs.map((run) => drawRun(run, versions))}</tbody>
</table></div>
${drawData(runs)}
<p class="note">A commit with + had uncommitted changes.</p>
</section>`;
}

function drawRun(run: ReportedRun, versions: readonly string[]): Html {
  const { record: { commit, data, experiment, versions: own } } = run;
  return html`<tr><td>${drawLabel(run)}</td><td>${engineOf(run)}</td>${
    versions.map((name) => html`<td>${own[name] ?? "–"}</td>`)
  }<td><code title="${commit}">${
    shortCommit(commit)
  }</code></td><td><code title="${data.fingerprint}">${
    shortHash(data.fingerprint)
  }</code></td><td><code title="${experiment.sha256}">${
    shortHash(experiment.sha256)
  }</code></td></tr>`;
}

function drawData(runs: readonly ReportedRun[]): Html {
  const sets = new Map(runs.map(({ record: { data } }) => [data.fingerprint, data.description]));
  return html`<dl class="data">${
    [...sets].map(([fingerprint, description]) =>
      html`
        <div>
          <dt>Data <code title="${fingerprint}">${shortHash(fingerprint)}</code></dt>
          <dd>${description}</dd>
        </div>
      `
    )
  }</dl>`;
}
