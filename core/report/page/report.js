/** The script of a report's page: draws the curves, turns the pages of the samples. */
(() => {
  "use strict";
  const { runs, charts } = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const colourOf = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // ---------------------------------------------------------------- curves

  const DASHES = [undefined, [7, 4], [2, 3], [9, 3, 2, 3]];
  const longest = Math.max(
    2,
    ...charts.flatMap(({ curves }) => curves.map(({ steps }) => steps.at(-1) ?? 0)),
  );
  const shown = runs.map(() => true);
  let drawn = [];

  /** Steps over which values are averaged; 0 for not at all. */
  function smoothingSteps() {
    const place = Number(find("smoothing").value) / 100;
    return place === 0 ? 0 : Math.round(Math.exp(place * Math.log(longest / 2)));
  }

  /** A mean of the values so far, each counting less the more steps it lies back. */
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
      return [at(0.01), at(0.99), Math.min(...lines), Math.max(...lines)];
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

  /** One chart: a faint line and a strong one for each run that is shown. */
  function draw(place) {
    const chart = charts[Number(place.dataset.chart)];
    const byEpoch = find("by-epoch").checked;
    const logarithmic = find("logarithmic").checked;
    const over = smoothingSteps();
    const rows = chart.curves.filter(({ run }) => shown[run]).map(({ run, steps, values }) => {
      const raw = logarithmic ? values.map((value) => value > 0 ? value : null) : values;
      const per = byEpoch ? runs[run].stepsPerEpoch ?? 1 : 1;
      return {
        run,
        along: steps.map((step) => step / per),
        raw,
        smoothed: smooth(steps, raw, over),
      };
    });
    const readout = place.nextElementSibling;
    place.replaceChildren();
    readout.replaceChildren();
    if (rows.length === 0) return null;
    // All faint lines are drawn before the strong ones.
    const data = uPlot.join([
      ...rows.map(({ along, raw }) => [along, raw]),
      ...rows.map(({ along, smoothed }) => [along, smoothed]),
    ]);
    // A curve of few points would be hardly more than a stroke.
    const points = { show: data[0].length <= 12, size: 5 };
    const faint = rows.length > 4 ? "20" : "48";
    const series = [
      ...rows.map(({ run }) => ({
        stroke: `${colourOf(`--c${runs[run].look.colour}`)}${faint}`,
        width: 1,
      })),
      ...rows.map(({ run }) => ({
        stroke: colourOf(`--c${runs[run].look.colour}`),
        width: 2,
        dash: DASHES[Math.min(runs[run].look.dash, 3)],
      })),
    ].map((one) => ({ ...one, spanGaps: true, points }));
    const axis = {
      stroke: colourOf("--faint"),
      grid: { stroke: colourOf("--line"), width: 1 },
      ticks: { stroke: colourOf("--line"), width: 1 },
      font: "12px system-ui, sans-serif",
    };
    const plot = new uPlot(
      {
        width: place.clientWidth,
        height: place.clientHeight,
        legend: { show: false },
        cursor: { sync: { key: "curves", setSeries: false }, y: false, points: { show: false } },
        scales: {
          x: { time: false },
          y: { distr: logarithmic ? 3 : 1, range: () => extentOf(rows, logarithmic) },
        },
        axes: [
          {
            ...axis,
            size: 32,
            label: byEpoch ? "epoch" : "step",
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
        hooks: { setCursor: [(self) => tell(self.cursor.idx)] },
      },
      data,
      place,
    );

    /** Writes the smoothed values at a place, or the last ones. */
    function tell(index) {
      const words = rows.map(({ run, along, smoothed }) => {
        const to = index === null || index === undefined ? Infinity : data[0][index];
        let at = along.length - 1;
        while (at > 0 && along[at] > to) at--;
        const item = document.createElement("span");
        item.className = `run c${runs[run].look.colour} d${Math.min(runs[run].look.dash, 3)}`;
        const stroke = document.createElement("i");
        stroke.className = "stroke";
        const value = document.createElement("b");
        value.textContent = smoothed[at] === null ? "–" : smoothed[at].toPrecision(3);
        const where = document.createTextNode(
          ` ${runs.length === 1 ? "" : `${runs[run].label}, `}${byEpoch ? "epoch" : "step"} ${
            formatSteps(along[at])
          }`,
        );
        item.append(stroke, value, where);
        return item;
      });
      readout.replaceChildren(...words);
    }
    tell(null);
    return plot;
  }

  function drawAll() {
    for (const plot of drawn) plot?.destroy();
    const over = smoothingSteps();
    find("smoothing-words").textContent = over === 0
      ? "none"
      : `over ${format(over)} step${over === 1 ? "" : "s"}`;
    drawn = [...document.querySelectorAll(".plot")].map(draw);
  }

  let asked = false;
  function drawSoon() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      drawAll();
    });
  }

  if (find("smoothing")) {
    for (const id of ["smoothing", "by-epoch", "logarithmic"]) {
      find(id).addEventListener("input", drawSoon);
    }
    for (const box of document.querySelectorAll(".shown")) {
      box.addEventListener("input", () => {
        shown[Number(box.dataset.run)] = box.checked;
        drawSoon();
      });
    }
    if (runs.every(({ stepsPerEpoch }) => stepsPerEpoch === null)) find("by-epoch").disabled = true;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawSoon);
    // A page that is printed has other colours and another width, at once.
    matchMedia("print").addEventListener("change", drawAll);
    let width = innerWidth;
    addEventListener("resize", () => {
      if (innerWidth === width) return;
      width = innerWidth;
      drawSoon();
    });
    drawAll();
  }

  // ---------------------------------------------------------------- paper

  // Nobody unfolds what is printed.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const one of unfolded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
  });

  // ---------------------------------------------------------------- samples

  const slider = find("epoch");
  if (slider) {
    const epochs = slider.dataset.epochs.split(" ").map(Number);

    /** Shows each run's latest prediction of this epoch or before, its first if there is none. */
    const show = () => {
      const epoch = epochs[Number(slider.value)];
      find("epoch-words").textContent = epoch;
      // The slider counts places, whoever hears it wants epochs.
      slider.setAttribute("aria-valuetext", `epoch ${epoch}`);
      for (const table of document.querySelectorAll("table.samples")) {
        const columns = [...table.querySelectorAll(".epoch")];
        const epochsShown = columns.map(() => new Set());
        for (const row of table.tBodies[0].rows) {
          [...row.cells].slice(2, -1).forEach((cell, column) => {
            const pictures = [...cell.querySelectorAll("img")];
            const chosen = pictures.findLast((one) => Number(one.dataset.epoch) <= epoch) ??
              pictures[0];
            for (const picture of pictures) picture.hidden = picture !== chosen;
            if (chosen) epochsShown[column].add(chosen.dataset.epoch);
          });
        }
        // A run that drew fewer pictures later on shows others by an earlier epoch.
        for (const [column, shown] of epochsShown.entries()) {
          columns[column].textContent = shown.size === 0
            ? ""
            : `epoch ${[...shown].sort((a, b) => a - b).join(" or ")}`;
        }
      }
    };
    slider.addEventListener("input", show);
    show();

    const button = find("play");
    let timer;
    const stop = () => {
      clearInterval(timer);
      timer = undefined;
      button.textContent = "Play";
      button.setAttribute("aria-pressed", "false");
    };
    button.addEventListener("click", () => {
      if (timer !== undefined) return stop();
      button.textContent = "Stop";
      button.setAttribute("aria-pressed", "true");
      if (Number(slider.value) === epochs.length - 1) slider.value = 0;
      show();
      timer = setInterval(() => {
        slider.value = Number(slider.value) + 1;
        show();
        if (Number(slider.value) === epochs.length - 1) stop();
      }, 500);
    });
    if (epochs.length < 2) button.hidden = true;
  }
})();
