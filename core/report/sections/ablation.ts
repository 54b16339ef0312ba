/** The table and strips of a sweep. */
import { explain, type Figure, figuresOf } from "../../ablate/table/figures.ts";
import { heading } from "../../evaluate/figures.ts";
import { shortCommit, shortHash } from "../../runs/provenance.ts";
import { type Html, html } from "../html.ts";
import type { Report } from "../contents.ts";

/** Null for a report on runs. */
export function drawAblation({ ablation }: Report): Html | null {
  if (ablation === null) return null;
  const { results, strips } = ablation;
  if (results === null) {
    return html`
      <section id="ablation">
        <h2>Table</h2>
        <p>No cell is finished yet.</p>
      </section>
    `;
  }
  const table = results;
  const { data, engines, commit, parameters } = results;
  const given = Object.entries(parameters).map(([key, value]) => `${key}=${value}`).join(", ");
  const columns = table.columns.map((_, index) => figuresOf(table, index));
  return html`<section id="ablation">
<h2>Table</h2>
<figure>
<div class="scroll"><table class="figures">
<thead><tr><th>Variant</th>${
    table.columns.map((column) => html`<th class="n">${heading(column)}<sup></sup></th>`)
  }</tr></thead>
<tbody>${
    table.rows.map(({ label, kind }, row) =>
      html`<tr class="${kind}"><th scope="row">${label}</th>${
        columns.map((figures) => drawFigure(figures[row] ?? null))
      }</tr>`
    )
  }</tbody>
</table></div>
<figcaption>${explain(table).map((line) => html`<p>${line}</p>`)}
<p class="provenance">Commit ${shortCommit(commit)}, data ${data.map(shortHash).join(", ")}, ${
    engines.join("; ")
  }${given === "" ? "" : `; set on the command line: ${given}`}</p></figcaption>
</figure>
${
    strips.length === 0 ? null : html`<h3>The same test pictures by every variant</h3>
${
      strips.map(({ name, picture: { source, width, height } }) =>
        html`
          <figure
            class="panel"><img src="${source}" width="${width}" height="${height}" alt="Strip of ${name}"><figcaption>${name}</figcaption></figure>
        `
      )
    }`
  }
</section>`;
}

function drawFigure(figure: Figure | null): Html {
  if (figure === null) return html`<td class="n">–</td>`;
  const { mean, deviation, mark, best } = figure;
  const spread = deviation === "" ? null : html`<small> ± ${deviation}</small>`;
  return html`<td class="n${best ? " best" : ""}">${mean}${spread}<sup>${mark}</sup></td>`;
}
