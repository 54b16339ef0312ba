/** The script of a report's page: draws the curves, turns the pages of the samples. */
import { describeSmoothing, joinRows, plotRows, rowOf, smoothingSteps, tellRows } from "./chart.js";
import { labelWipe, paint, wipe } from "./wipe.js";

const { runs, charts } = JSON.parse(document.getElementById("data").textContent);
const find = (id) => document.getElementById(id);

// ---------------------------------------------------------------- curves

const longest = Math.max(
  2,
  ...charts.flatMap(({ curves }) => curves.map(({ steps }) => steps.at(-1) ?? 0)),
);
const shown = runs.map(() => true);
let drawn = [];

const smoothing = () => smoothingSteps(Number(find("smoothing").value), longest);

/** One chart: a faint line and a strong one for each run that is shown. */
function draw(place) {
  const chart = charts[Number(place.dataset.chart)];
  const along = find("by-epoch").checked ? "epoch" : "step";
  const options = { over: smoothing(), logarithmic: find("logarithmic").checked };
  const rows = chart.curves.filter(({ run }) => shown[run]).map(({ run, ...curve }) => {
    const { label, look, stepsPerEpoch } = runs[run];
    const per = along === "epoch" ? stepsPerEpoch ?? 1 : 1;
    return rowOf(
      { label: runs.length === 1 ? "" : label, ...look, dash: Math.min(look.dash, 3) },
      curve,
      curve.steps.map((step) => step / per),
      options,
    );
  });
  const readout = place.nextElementSibling;
  place.replaceChildren();
  readout.replaceChildren();
  if (rows.length === 0) return null;
  const data = joinRows(rows);
  const tell = (index) => tellRows(readout, rows, data, index, along);
  const hooks = { setCursor: [(self) => tell(self.cursor.idx)] };
  const plot = plotRows(place, data, () => rows, { ...options, along, hooks });
  tell(null);
  return plot;
}

function drawAll() {
  for (const plot of drawn) plot?.destroy();
  find("smoothing-words").textContent = describeSmoothing(smoothing());
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
    drawWipe();
  };
  slider.addEventListener("input", show);
  const drawWipe = startWipe();
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

/** Wipes between a prediction that is shown and what it was made from or should be. */
function startWipe() {
  const cells = [...document.querySelectorAll("td.predictions")];
  const sideOf = (cell) => {
    const row = cell.parentElement.cells;
    return (find("wipe-with").value === "input" ? row[1] : row[row.length - 1])
      .querySelector("img");
  };
  const usable = cells.filter((cell) => cell.querySelector("img") && sideOf(cell));
  if (usable.length === 0) return () => {};
  find("compare").hidden = false;
  const ofRun = () => usable.filter(({ dataset }) => dataset.run === find("wipe-run").value);
  const fillIndices = () => {
    const indices = ofRun().map(({ dataset }) => dataset.index);
    const before = find("wipe-index").value;
    find("wipe-index").replaceChildren(...indices.map((index) => new Option(index, index)));
    if (indices.includes(before)) find("wipe-index").value = before;
  };
  for (const option of [...find("wipe-run").options]) {
    if (!usable.some(({ dataset }) => dataset.run === option.value)) option.remove();
  }
  fillIndices();
  let drawn = 0;
  const drawWipe = async () => {
    const turn = ++drawn;
    const index = find("wipe-index").value;
    const cell = ofRun().find(({ dataset }) => dataset.index === index);
    const prediction = cell.querySelector("img:not([hidden])");
    const side = sideOf(cell);
    await Promise.all([prediction.decode(), side.decode()]);
    // A later call has drawn already.
    if (turn !== drawn) return;
    const picture = (image) => (context, { width, height }) =>
      context.drawImage(image, 0, 0, width, height);
    const what = find("wipe-with").value;
    const words = `${prediction.alt}, wiped against the ${what}`;
    const size = { width: prediction.naturalWidth, height: prediction.naturalHeight };
    const place = Number(find("wipe").value) / 100;
    paint(find("wipe-picture"), size, words, wipe(place, picture(prediction), picture(side)));
    labelWipe(find("wipe"), "prediction", what);
    find("wipe-words").textContent = what;
  };
  find("wipe-run").addEventListener("input", () => {
    fillIndices();
    drawWipe();
  });
  for (const id of ["wipe-index", "wipe-with", "wipe"]) {
    find(id).addEventListener("input", drawWipe);
  }
  for (const cell of usable) {
    cell.addEventListener("click", () => {
      find("wipe-run").value = cell.dataset.run;
      fillIndices();
      find("wipe-index").value = cell.dataset.index;
      drawWipe();
    });
  }
  return drawWipe;
}
