/** One chart of curves: a faint line for what was logged, a strong one for its smoothed values. */
/* global uPlot */
const DASHES = [undefined, [7, 4], [2, 3], [9, 3, 2, 3]];

const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Steps over which values are averaged, from a slider's 0…100; 0 for not at all. */
export function smoothingSteps(slider, longest) {
  return slider === 0 ? 0 : Math.round(Math.exp(slider / 100 * Math.log(longest / 2)));
}

export function describeSmoothing(over) {
  return over === 0 ? "none" : `over ${format(over)} step${over === 1 ? "" : "s"}`;
}

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
    const lines = smoothed.filter(usable).sort((a, b) => a - b);
    return [at(0.01), at(0.99), ...lines.slice(0, 1), ...lines.slice(-1)];
  });
  if (ends.length === 0) return logarithmic ? [0.1, 1] : [0, 1];
  const low = Math.min(...ends), high = Math.max(...ends);
  if (logarithmic) return low === high ? [low / 2, high * 2] : [low / 1.1, high * 1.1];
  const margin = (high - low) * 0.05 || Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}

function format(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e5)
    ? value.toExponential(1)
    : String(Number(value.toPrecision(3)));
}

function formatSteps(value) {
  return value >= 1e4 ? `${Number((value / 1000).toPrecision(4))}k` : format(value);
}

/**
 * A run's line in a chart.
 *
 * @param look `{ label, colour, dash }`: an empty label is left out of the readout.
 * @param places Where the steps lie on the axis.
 */
export function rowOf(look, { steps, values }, places, { over, logarithmic }) {
  const raw = logarithmic ? values.map((value) => value > 0 ? value : null) : values;
  return { ...look, places, raw, smoothed: smooth(steps, raw, over) };
}

/** What uPlot draws of some rows: all faint lines before the strong ones. */
export function joinRows(rows) {
  return uPlot.join([
    ...rows.map(({ places, raw }) => [places, raw]),
    ...rows.map(({ places, smoothed }) => [places, smoothed]),
  ]);
}

/** A curve of few points would be hardly more than a stroke: its points are drawn too. */
export const isShort = (data) => data[0].length <= 12;

/**
 * Draws rows into an element.
 *
 * @param rowsNow Gives the rows, which may grow later on.
 * @param options `along` is the unit of the axis: step, epoch or time.
 */
export function plotRows(place, data, rowsNow, { along, logarithmic, hooks }) {
  const rows = rowsNow();
  const points = { show: isShort(data), size: 5 };
  const faint = rows.length > 4 ? "20" : "48";
  const series = [
    ...rows.map(({ colour }) => ({ stroke: `${colourOf(`--c${colour}`)}${faint}`, width: 1 })),
    ...rows.map(({ colour, dash }) => ({
      stroke: colourOf(`--c${colour}`),
      width: 2,
      dash: DASHES[dash],
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
      width: place.clientWidth,
      height: place.clientHeight,
      legend: { show: false },
      cursor: { sync: { key: "curves", setSeries: false }, y: false, points: { show: false } },
      scales: {
        x: { time: false },
        y: { distr: logarithmic ? 3 : 1, range: () => extentOf(rowsNow(), logarithmic) },
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
      hooks,
    },
    data,
    place,
  );
}

/** Writes the smoothed values at one of the data's places, or the last ones. */
export function tellRows(readout, rows, data, index, along) {
  const to = index === null || index === undefined ? Infinity : data[0][index];
  const words = rows.map(({ label, colour, dash, places, smoothed }) => {
    let at = places.length - 1;
    while (at > 0 && places[at] > to) at--;
    const item = document.createElement("span");
    item.className = `run c${colour} d${dash}`;
    const stroke = document.createElement("i");
    stroke.className = "stroke";
    const value = document.createElement("b");
    value.textContent = smoothed[at] === null ? "–" : smoothed[at].toPrecision(3);
    const who = label === "" ? "" : `${label}, `;
    item.append(
      stroke,
      value,
      ` ${who}${along === "time" ? "min" : along} ${formatSteps(places[at])}`,
    );
    return item;
  });
  readout.replaceChildren(...words);
}
