/** The curves: a place for each, and the data that the page's script draws. */
import { compareNames } from "../curves.ts";
import { type Html, html } from "../html.ts";
import type { Report } from "../contents.ts";
import type { Look } from "../run.ts";
import { drawLabel, drawProvenance } from "./runs.ts";

/** The data of the page's script. */
export interface CurvesData {
  readonly runs: readonly {
    readonly label: string;
    readonly look: Look;
    readonly stepsPerEpoch: number | null;
  }[];
  readonly charts: readonly {
    readonly name: string;
    readonly curves: readonly {
      /** Which of the runs. */
      readonly run: number;
      readonly steps: readonly number[];
      readonly values: readonly (number | null)[];
    }[];
  }[];
}

/** A chart for each name, with the curves of all runs that have it. */
export function curvesData({ runs }: Pick<Report, "runs">): CurvesData {
  const names = [...new Set(runs.flatMap(({ curves }) => curves.map(({ name }) => name)))]
    .sort(compareNames);
  const charts = names.map((name) => ({
    name,
    curves: runs.flatMap(({ curves }, run) =>
      curves.filter((curve) => curve.name === name)
        .map(({ steps, values }) => ({ run, steps, values }))
    ),
  }));
  return {
    runs: runs.map(({ label, look, stepsPerEpoch }) => ({ label, look, stepsPerEpoch })),
    charts: withoutRepeats(charts),
  };
}

/** A sum with a single term in all runs is shown once, under both names. */
function withoutRepeats(charts: CurvesData["charts"]): CurvesData["charts"] {
  const shown: { name: string; curves: CurvesData["charts"][number]["curves"] }[] = [];
  for (const chart of charts) {
    const same = shown.find(({ name, curves }) =>
      chart.name.startsWith(`${name}.`) && JSON.stringify(curves) === JSON.stringify(chart.curves)
    );
    if (same === undefined) shown.push({ ...chart });
    else same.name = `${same.name} = ${chart.name}`;
  }
  return shown;
}

/** The section of the curves. */
export function drawCurves(report: Report): Html {
  const { charts } = curvesData(report);
  if (charts.length === 0) {
    return html`
      <section id="curves">
        <h2>Curves</h2>
        <p>No step has been logged yet.</p>
      </section>
    `;
  }
  return html`<section id="curves">
<h2>Curves</h2>
<div class="controls">
<label>Smoothing <input type="range" id="smoothing" min="0" max="100" value="45"> <output id="smoothing-words"></output></label>
<label><input type="checkbox" id="by-epoch"> by epoch</label>
<label><input type="checkbox" id="logarithmic"> logarithmic</label>
</div>
${
    report.runs.length === 1
      ? null
      : html`<div class="controls legend">${
        report.runs.map((run, index) =>
          html`<label><input type="checkbox" class="shown" data-run="${index}" checked>${
            drawLabel(run)
          }</label>`
        )
      }</div>`
  }
<div class="charts">${
    charts.map(({ name }, index) =>
      html`
        <figure class="chart">
          <figcaption>
            <h3>${name}</h3>
          </figcaption>
          <div class="plot" data-chart="${index}" role="img"
            aria-label="Curves of ${name}, whose last values stand below"></div>
          <div class="readout"></div>
        </figure>
      `
    )
  }</div>
<p class="note">Smoothed by an exponential moving average over the number of steps set above; logged values are faint. Drag across a chart to zoom in, double-click to zoom out. Rare outliers are cut off.</p>
${drawProvenance(report.runs)}
<noscript><p>Enable JavaScript to see the curves; the script is part of this page.</p></noscript>
</section>`;
}
