/** Samples of one run: input, ground truth and prediction, by epoch. */

import { labelWipe, paint, wipe } from "../../report/page/wipe.js";

const find = (id) => document.getElementById(id);

/** Pictures that stay decoded, so that playing the epochs does not flicker. */
const MOST_KEPT = 64;

export function createSamples() {
  const kept = new Map();
  let runs = [];
  let shown = null;
  let timer;
  let drawn = 0;

  function load(address) {
    const known = kept.get(address);
    if (known !== undefined) {
      kept.delete(address);
      kept.set(address, known);
      return known;
    }
    const loading = new Promise((resolve) => {
      const picture = new Image();
      picture.onload = () => resolve(picture);
      picture.onerror = () => {
        // It may be half written: ask again next time.
        kept.delete(address);
        resolve(null);
      };
      picture.src = address;
    });
    kept.set(address, loading);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
    return loading;
  }

  const current = () => runs.find(({ view }) => view.id === find("sample-run").value) ?? runs[0];

  /** Fills a list, and keeps what is chosen where it is still there. */
  function fill(select, options) {
    const form = JSON.stringify(options);
    if (select.dataset.form === form) return;
    select.dataset.form = form;
    const before = select.value;
    select.replaceChildren(...options.map(([value, words]) => new Option(words, value)));
    if (options.some(([value]) => String(value) === before)) select.value = before;
  }

  function refresh() {
    const run = current();
    find("samples").hidden = run === undefined;
    if (run === undefined) return;
    fill(find("sample-run"), runs.map(({ view, label }) => [view.id, label]));
    const { indices, epochs, logits } = run.view.samples;
    fill(find("sample-index"), indices.map((index) => [index, index]));
    const slider = find("epoch");
    const before = shown?.id === run.view.id ? shown.epoch : undefined;
    slider.max = epochs.length - 1;
    if (find("latest").checked || before === undefined) slider.value = epochs.length - 1;
    else slider.value = Math.max(0, epochs.findLastIndex((epoch) => epoch <= before));
    find("logits-label").hidden = logits.length === 0;
    find("play").hidden = epochs.length < 2;
    show();
  }

  async function show() {
    const run = current();
    if (run === undefined) return;
    const { id, samples: { epochs, panel, logits } } = run.view;
    const epoch = epochs[Number(find("epoch").value)];
    if (epoch === undefined) return;
    shown = { id, epoch };
    find("epoch-words").textContent = epoch;
    find("epoch").setAttribute("aria-valuetext", `epoch ${epoch}`);
    const name = `/samples/${id}/${find("sample-index").value}_${epoch}`;
    const wantsLogits = find("logits").checked && logits.includes(epoch);
    find("logits-note").hidden = !wantsLogits;
    const turn = ++drawn;
    const [prediction, panelPicture, map] = await Promise.all([
      load(`${name}.jpg`),
      load(`${name}.png`),
      wantsLogits ? load(`${name}_logits.png`) : null,
    ]);
    // A later call has drawn already.
    if (turn !== drawn || prediction === null) return;
    const sides = panelPicture !== null && fits(panelPicture, panel) ? panel : null;
    const part = (column) => (context, { width, height }) => {
      const { margin, top } = sides;
      const left = margin + column * (sides.width + margin);
      const from = [left, top, sides.width, sides.height];
      context.drawImage(panelPicture, ...from, 0, 0, width, height);
    };
    const size = { width: prediction.naturalWidth, height: prediction.naturalHeight };
    const words = `${run.label}, picture ${find("sample-index").value}`;
    for (const [place, column, what] of [["input", 0, "input"], ["target", 1, "ground truth"]]) {
      paint(
        find(`${place}-picture`),
        size,
        `${words}: ${what}`,
        sides === null ? null : part(column),
      );
    }
    const what = find("wipe-with").value;
    const withMap = (context, { width, height }) => {
      context.drawImage(prediction, 0, 0);
      if (map === null) return;
      context.globalAlpha = 0.55;
      context.drawImage(map, 0, 0, width, height);
      context.globalAlpha = 1;
    };
    const side = sides === null ? null : part(what === "input" ? 0 : 1);
    paint(
      find("wipe-picture"),
      size,
      `${words}: prediction, epoch ${epoch}, wiped against the ${what}`,
      wipe(Number(find("wipe").value) / 100, withMap, side),
    );
    labelWipe(find("wipe"), "prediction", what);
    find("wipe-words").textContent = what;
  }

  function fits({ naturalWidth, naturalHeight }, panel) {
    return panel !== null && naturalWidth === 3 * panel.width + 4 * panel.margin &&
      naturalHeight === panel.top + panel.height + panel.margin;
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
    find("play").textContent = "Play";
    find("play").setAttribute("aria-pressed", "false");
  }

  function play() {
    if (timer !== undefined) return stop();
    const slider = find("epoch");
    find("latest").checked = false;
    find("play").textContent = "Stop";
    find("play").setAttribute("aria-pressed", "true");
    if (slider.value === slider.max) slider.value = 0;
    show();
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      show();
      if (slider.value === slider.max) stop();
    }, 400);
  }

  function step(by) {
    const slider = find("epoch");
    slider.value = Number(slider.value) + by;
    find("latest").checked = slider.value === slider.max;
    show();
  }

  find("epoch").addEventListener("input", () => step(0));
  find("latest").addEventListener("input", refresh);
  find("sample-run").addEventListener("input", refresh);
  for (const id of ["sample-index", "wipe", "wipe-with", "logits"]) {
    find(id).addEventListener("input", show);
  }
  find("play").addEventListener("click", play);

  return {
    /** Shows samples of these runs: `{ label, view }`. */
    update(all) {
      runs = all.filter(({ view }) => (view?.samples.epochs.length ?? 0) > 0);
      refresh();
    },
    play,
    step,
  };
}
