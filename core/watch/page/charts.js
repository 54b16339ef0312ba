/** Charts of curves that grow. */
/* global uPlot */
const DASHES = [undefined, [7, 4], [2, 3], [9, 3, 2, 3]];

/** Means of the values so far, each counting less the more steps it lies back. */
function smooth(steps, values, over) {
  if (over === 0) return values;
  let sum = 0, weight = 0, before = steps[0];
  return values.map((value, index) => {
    if (value === null) return null;
    const keep = Math.exp((before - steps[index]) / over);
    before = steps[index];
    sum = sum * keep + value;
    weight = weight * keep + 1;
    return sum / weight;
  });
}

/** The extent of the smoothed curves, and of all values but the rarest. */
function extentOf(rows, logarithmic) {
  const usable = (value) => value !== null && value !== undefined && !(logarithmic && value <= 0);
  const ends = rows.flatMap(({ raw, smoothed }) => {
    const sorted = raw.filter(usable).sort((a, b) => a - b);
    if (sorted.length === 0) return [];
    const at = (part) => sorted[Math.round(part * (sorted.length - 1))];
    const lines = smoothed.filter(usable);
    return [
      at(0.01),
      at(0.99),
      ...lines.length === 0 ? [] : [least(lines), -least(negated(lines))],
    ];
  });
  if (ends.length === 0) return logarithmic ? [0.1, 1] : [0, 1];
  const low = Math.min(...ends), high = Math.max(...ends);
  if (logarithmic) return low === high ? [low / 2, high * 2] : [low / 1.1, high * 1.1];
  const margin = (high - low) * 0.05 || Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}

const least = (values) => values.reduce((a, b) => Math.min(a, b));
const negated = (values) => values.map((value) => -value);

export function format(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e5)
    ? value.toExponential(1)
    : String(Number(value.toPrecision(3)));
}

function formatSteps(value) {
  return value >= 1e4 ? `${Number((value / 1000).toPrecision(4))}k` : format(value);
}

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

const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

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
      const { steps, values } = curve;
      const raw = logarithmic ? values.map((value) => value > 0 ? value : null) : values;
      const places = placesOf(steps, run, along);
      return [{ run, along: places, raw, smoothed: smooth(steps, raw, over) }];
    });
    const { rows } = chart;
    if (rows.length === 0) return;
    const data = uPlot.join([
      ...rows.map((row) => [row.along, row.raw]),
      ...rows.map((row) => [row.along, row.smoothed]),
    ]);
    chart.data = data;
    const few = data[0].length <= 12;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const looks = rows.map(({ run }) => run.slot).join();
    const form = [looks, along, logarithmic, few, dark, chart.plot.clientWidth].join(" ");
    if (chart.uplot !== null && form === chart.form) chart.uplot.setData(data, !chart.zoomed);
    else {
      chart.uplot?.destroy();
      chart.plot.replaceChildren();
      chart.zoomed = false;
      chart.form = form;
      chart.uplot = build(chart, data, { along, logarithmic, few });
    }
    tell(chart, null);
  }

  function build(chart, data, { along, logarithmic, few }) {
    const { rows, plot } = chart;
    const points = { show: few, size: 5 };
    const faint = rows.length > 4 ? "20" : "48";
    const series = [
      ...rows.map(({ run }) => ({ stroke: `${colourOf(`--c${run.slot % 8}`)}${faint}`, width: 1 })),
      ...rows.map(({ run }) => ({
        stroke: colourOf(`--c${run.slot % 8}`),
        width: 2,
        dash: DASHES[Math.min(Math.floor(run.slot / 8), 3)],
      })),
    ].map((one) => ({ ...one, spanGaps: true, points }));
    const axis = {
      stroke: colourOf("--faint"),
      grid: { stroke: colourOf("--line"), width: 1 },
      ticks: { stroke: colourOf("--line"), width: 1 },
      font: "12px system-ui, sans-serif",
    };
    return new uPlot(
      {
        width: plot.clientWidth,
        height: plot.clientHeight,
        legend: { show: false },
        cursor: { sync: { key: "curves", setSeries: false }, y: false, points: { show: false } },
        scales: {
          x: { time: false },
          y: { distr: logarithmic ? 3 : 1, range: () => extentOf(chart.rows, logarithmic) },
        },
        axes: [
          {
            ...axis,
            size: 32,
            label: along === "time" ? "minutes" : along,
            labelSize: 18,
            labelFont: axis.font,
            values: (_, ticks) => ticks.map(formatSteps),
          },
          {
            ...axis,
            size: 56,
            values: (_, ticks) => ticks.map((tick) => tick === null ? "" : format(tick)),
          },
        ],
        series: [{}, ...series],
        hooks: {
          setCursor: [(self) => tell(chart, self.cursor.idx)],
          setSelect: [(self) => chart.zoomed = self.select.width > 0],
          ready: [(self) => {
            self.over.addEventListener("dblclick", () => chart.zoomed = false);
          }],
        },
      },
      data,
      plot,
    );
  }

  /** Writes the smoothed values at a place, or the last ones. */
  function tell(chart, index) {
    const { along } = settings();
    const to = index === null || index === undefined ? Infinity : chart.data[0][index];
    const words = chart.rows.map(({ run, along: places, smoothed }) => {
      let at = places.length - 1;
      while (at > 0 && places[at] > to) at--;
      const item = document.createElement("span");
      item.className = `run c${run.slot % 8} d${Math.min(Math.floor(run.slot / 8), 3)}`;
      const stroke = document.createElement("i");
      stroke.className = "stroke";
      const value = document.createElement("b");
      value.textContent = smoothed[at] === null ? "–" : smoothed[at].toPrecision(3);
      const who = chart.rows.length === 1 ? "" : `${run.label}, `;
      item.append(
        stroke,
        value,
        ` ${who}${along === "time" ? "min" : along} ${formatSteps(places[at])}`,
      );
      return item;
    });
    chart.readout.replaceChildren(...words);
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
