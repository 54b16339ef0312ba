/** Charts of curves that grow. */
import { isShort, joinRows, plotRows, rowOf, tellRows } from "../../report/page/chart.js";

/** Where a step lies on the axis: itself, epochs, or minutes spent in steps. */
function placesOf(steps, run, along) {
  if (along === "epoch") return steps.map((step) => step / (run.view?.stepsPerEpoch ?? 1));
  if (along !== "time") return steps;
  const { steps: at, values } = run.curves.get("seconds") ?? { steps: [], values: [] };
  let place = 0;
  return steps.map((step) => {
    while (place < at.length - 1 && at[place] < step) place++;
    return (values[place] ?? 0) / 60;
  });
}

/** A colour for each of eight runs, then the same ones dashed. */
const lookOf = ({ label, slot }) => ({
  label,
  colour: slot % 8,
  dash: Math.min(Math.floor(slot / 8), 3),
});

/**
 * Keeps a chart for each curve name in `place`. `update` draws again those in sight.
 *
 * @param settings Gives `{ over, along, logarithmic }`: steps of smoothing, the axis, the scale.
 */
export function createCharts(place, settings) {
  const charts = new Map();
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const chart = charts.get(target.dataset.name);
      if (chart === undefined) continue;
      chart.inSight = isIntersecting;
      if (isIntersecting && chart.stale) draw(chart);
    }
  }, { rootMargin: "200px" });

  function add(name) {
    const figure = document.createElement("figure");
    figure.className = "chart";
    figure.dataset.name = name;
    const title = document.createElement("h3");
    title.textContent = name.replace(/^metrics: /, "");
    const caption = document.createElement("figcaption");
    caption.append(title);
    const plot = document.createElement("div");
    plot.className = "plot";
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", `Curves of ${name}, whose last values stand below`);
    const readout = document.createElement("div");
    readout.className = "readout";
    figure.append(caption, plot, readout);
    const chart = { name, figure, plot, readout, uplot: null, form: "", rows: [], data: [[]] };
    Object.assign(chart, { inSight: false, stale: true });
    charts.set(name, chart);
    seen.observe(figure);
    return chart;
  }

  function draw(chart) {
    chart.stale = false;
    const { over, along, logarithmic } = settings();
    chart.rows = chart.runs.flatMap((run) => {
      const curve = run.curves.get(chart.name);
      if (curve === undefined || curve.steps.length === 0) return [];
      return [rowOf(lookOf(run), curve, placesOf(curve.steps, run, along), { over, logarithmic })];
    });
    if (chart.rows.length === 0) return;
    if (chart.rows.length === 1) chart.rows[0].label = "";
    const data = joinRows(chart.rows);
    chart.data = data;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const looks = chart.rows.map(({ colour, dash }) => `${colour}/${dash}`).join();
    const form = [looks, along, logarithmic, isShort(data), dark, chart.plot.clientWidth].join(" ");
    if (chart.uplot !== null && form === chart.form) chart.uplot.setData(data, !chart.zoomed);
    else {
      chart.uplot?.destroy();
      chart.plot.replaceChildren();
      chart.zoomed = false;
      chart.form = form;
      chart.uplot = build(chart, data, { along, logarithmic });
    }
    tell(chart, null);
  }

  function build(chart, data, { along, logarithmic }) {
    const hooks = {
      setCursor: [(self) => tell(chart, self.cursor.idx)],
      setSelect: [(self) => chart.zoomed = self.select.width > 0],
      ready: [(self) => self.over.addEventListener("dblclick", () => chart.zoomed = false)],
    };
    return plotRows(chart.plot, data, () => chart.rows, { along, logarithmic, hooks });
  }

  function tell({ readout, rows, data }, index) {
    tellRows(readout, rows, data, index, settings().along);
  }

  return {
    /** Shows the curves of these names, of these runs: `{ slot, label, view, curves }`. */
    update(names, runs) {
      for (const [name, chart] of charts) {
        if (names.includes(name)) continue;
        seen.unobserve(chart.figure);
        chart.uplot?.destroy();
        chart.figure.remove();
        charts.delete(name);
      }
      for (const [index, name] of names.entries()) {
        const chart = charts.get(name) ?? add(name);
        chart.runs = runs;
        if (place.children[index] !== chart.figure) {
          place.insertBefore(chart.figure, place.children[index] ?? null);
        }
        if (chart.inSight) draw(chart);
        else chart.stale = true;
      }
    },
  };
}
