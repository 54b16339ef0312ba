/** Labels and provenance of runs. */
import { type Html, html } from "../html.ts";
import { provenanceOf } from "../provenance.ts";
import type { ReportedRun } from "../run.ts";

/** The name of a run with a stroke in the style of its curves. */
export function drawLabel({ label, look }: Pick<ReportedRun, "label" | "look">): Html {
  return html`<span class="run c${look.colour} d${
    Math.min(look.dash, 3)
  }"><i class="stroke"></i>${label}</span>`;
}

/** A line with commit, data and engine of the runs of a figure. */
export function drawProvenance(runs: readonly ReportedRun[]): Html {
  const groups = provenanceOf(runs);
  const one = groups.length === 1 && runs.length > 1;
  return html`<p class="provenance">${
    groups.map(({ labels, words }, index) =>
      html`${index > 0 ? " · " : ""}<b>${one ? "All runs" : labels.join("; ")}</b>: ${words}`
    )
  }</p>`;
}
