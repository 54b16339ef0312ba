/** The live page: takes what the server sends, and keeps what is shown up to date. */
import { describeSmoothing, smoothingSteps } from "../../report/page/chart.js";
import { createCharts } from "./charts.js";
import { createSamples } from "./samples.js";
import { createTraces } from "./trace.js";

const find = (id) => document.getElementById(id);

/** Runs that are shown at first, rows of the list at the most, runs that can be shown together. */
const MOST = { first: 4, rows: 200, shown: 24 };

/** Milliseconds without a word after which the connection counts as lost. */
const SILENT = 25_000;

let listed = [];
/** Shown runs by id: `{ id, label, slot, view, curves }`. */
const shown = new Map();
let source = null;
let heard = performance.now();
let asked = false;

// ---------------------------------------------------------------- connection

function setConnection(state, words) {
  const pill = find("connection");
  if (pill.textContent === words) return;
  pill.className = `pill ${state}`;
  pill.textContent = words;
}

/** Opens the stream of the shown runs. The browser opens it again when it breaks. */
function connect() {
  source?.close();
  const query = new URLSearchParams([...shown.keys()].map((id) => ["run", id]));
  history.replaceState(null, "", shown.size === 0 ? location.pathname : `?${query}`);
  source = new EventSource(`/events?${query}`);
  heard = performance.now();
  source.onopen = () => setConnection("live", "live");
  source.onerror = () => setConnection("lost", "not connected, trying again");
  for (const [event, take] of Object.entries(HANDLERS)) {
    source.addEventListener(event, ({ data }) => {
      heard = performance.now();
      setConnection("live", "live");
      take(data);
      drawSoon();
    });
  }
}

const HANDLERS = {
  alive: () => {},
  runs: (data) => {
    const known = new Set(listed.map(({ id }) => id));
    listed = JSON.parse(data);
    const begun = known.size === 0 ? [] : listed.filter(({ id }) => !known.has(id));
    // An address may name runs of another folder, or that were removed.
    for (const [id, { view }] of shown) {
      if (view === null && !listed.some((run) => run.id === id)) shown.delete(id);
    }
    if (shown.size === 0) showFirst();
    else follow(begun);
  },
  run: (data) => {
    const view = JSON.parse(data);
    const run = shown.get(view.id);
    if (run === undefined) return;
    if (run.view !== null && run.view.state !== view.state) {
      find("announcer").textContent = `${view.label} is ${view.state}`;
    }
    run.view = view;
    run.label = view.label;
  },
  curves: (data) => {
    const { id, restarted, curves } = JSON.parse(data);
    const run = shown.get(id);
    if (run === undefined) return;
    if (restarted) run.curves.clear();
    for (const [name, { from, steps, values }] of Object.entries(curves)) {
      const curve = run.curves.get(name) ?? { steps: [], values: [] };
      run.curves.set(name, {
        steps: [...curve.steps.slice(0, from), ...steps],
        values: [...curve.values.slice(0, from), ...values],
      });
    }
  },
  gone: (data) => {
    const run = shown.get(JSON.parse(data));
    if (run?.view) run.view = { ...run.view, state: "removed", reason: "its folder is gone" };
  },
};

// A connection that fell asleep with the machine may never report an error.
setInterval(() => {
  if (performance.now() - heard < SILENT && source?.readyState !== EventSource.CLOSED) return;
  setConnection("lost", "not connected, trying again");
  connect();
}, 3000);
addEventListener("online", connect);

// ---------------------------------------------------------------- runs

function show(id) {
  const taken = new Set([...shown.values()].map(({ slot }) => slot));
  let slot = 0;
  while (taken.has(slot)) slot++;
  const label = listed.find((run) => run.id === id)?.label ?? id;
  shown.set(id, { id, label, slot, view: null, curves: new Map() });
}

/** Those that were written last; of a sweep, or few runs, all. */
function showFirst() {
  const newest = [...listed].sort((a, b) => b.written - a.written);
  for (const { id } of newest.slice(0, listed.length <= 8 ? 8 : MOST.first).reverse()) show(id);
  if (shown.size > 0) connect();
}

/** Shows runs that have begun since the page was opened, e.g. the next cells of a sweep. */
function follow(begun) {
  const more = begun.filter(({ id }) => !shown.has(id)).slice(0, MOST.shown - shown.size);
  for (const { id } of more) show(id);
  if (more.length > 0) connect();
}

function toggle(id, on) {
  if (on && shown.size >= MOST.shown) return drawSoon();
  if (on) show(id);
  else shown.delete(id);
  connect();
  drawSoon();
}

function cell(text, className = "") {
  const td = document.createElement("td");
  td.className = className;
  td.textContent = text;
  return td;
}

function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

const ago = (written) =>
  written === 0 ? "no step yet" : `written ${duration((Date.now() - written) / 1000)} ago`;

const rows = new Map();

function drawRuns() {
  const words = find("filter").value.toLowerCase();
  find("filter-label").hidden = listed.length <= 10;
  const removed = [...shown.values()].filter(({ view }) => view?.state === "removed");
  const matching = [...listed, ...removed.filter(({ id }) => !listed.some((run) => run.id === id))]
    .filter(({ id, label }) => label.toLowerCase().includes(words) || shown.has(id));
  const body = find("run-table").tBodies[0];
  const rowsNow = matching.slice(0, MOST.rows).map((one) => drawRow(one));
  // Only what is elsewhere is moved, since that takes the focus from it.
  for (const [index, row] of rowsNow.entries()) {
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null);
  }
  while (body.rows.length > rowsNow.length) body.lastChild.remove();
  const more = matching.length - rowsNow.length;
  find("runs-note").textContent = listed.length === 0
    ? "No run yet. A training that begins in a watched folder appears here."
    : more > 0
    ? `${more} more: filter by name`
    : `${listed.length} run${listed.length === 1 ? "" : "s"}`;
}

function drawRow({ id, label, written }) {
  const known = rows.get(id);
  const run = shown.get(id);
  const view = run?.view ?? null;
  const said = view === null ? ago(written) : "";
  const form = JSON.stringify([
    label,
    run?.slot,
    said,
    view && [
      view.state,
      view.reason,
      view.epoch,
      view.step,
      view.rate,
      view.secondsLeft,
      view.memory,
      view.epochs,
    ],
  ]);
  if (known?.form === form) return known.row;
  const row = known?.row ?? document.createElement("tr");
  const box = row.querySelector("input") ?? document.createElement("input");
  if (known === undefined) {
    box.type = "checkbox";
    box.addEventListener("input", () => toggle(id, box.checked));
    box.id = `show-${id}`;
  }
  box.checked = run !== undefined;
  if (known === undefined) row.append(cell(""));
  const [first] = row.cells;
  // A box that were moved would lose the focus.
  if (known === undefined) first.append(box);
  const name = document.createElement("th");
  name.scope = "row";
  const words = document.createElement("label");
  words.htmlFor = box.id;
  words.className = run === undefined
    ? "run"
    : `run c${run.slot % 8} d${Math.min(Math.floor(run.slot / 8), 3)}`;
  if (run !== undefined) {
    const stroke = document.createElement("i");
    stroke.className = "stroke";
    words.append(stroke);
  }
  words.append(label);
  words.title = label;
  name.append(words);
  const state = cell("");
  if (view === null) state.textContent = said;
  else {
    const pill = document.createElement("span");
    pill.className = `pill ${view.state}`;
    pill.textContent = view.state;
    state.append(pill);
    if (view.reason !== null) {
      const reason = document.createElement("div");
      reason.className = "note reason";
      reason.textContent = view.reason;
      state.append(reason);
      state.className = "words";
    }
  }
  const epoch = cell(
    view === null ? "–" : `${view.epoch}${view.epochs === null ? "" : `/${view.epochs}`}`,
  );
  if (view?.epochs && view.stepsPerEpoch) {
    const bar = document.createElement("progress");
    bar.className = "bar";
    bar.max = view.epochs * view.stepsPerEpoch;
    bar.value = view.step;
    bar.setAttribute("aria-label", `Progress of ${label}`);
    epoch.append(bar);
  }
  while (row.lastChild !== first) row.lastChild.remove();
  row.append(
    name,
    state,
    epoch,
    cell(view === null ? "–" : String(view.step), "n"),
    cell(view?.rate ? Number(view.rate.toPrecision(3)) : "–", "n"),
    cell(duration(view?.secondsLeft), "n"),
    cell(view?.memory ? `${(view.memory / 1e9).toFixed(1)} GB` : "–", "n"),
  );
  rows.set(id, { row, form });
  return row;
}

// ---------------------------------------------------------------- health

let healthForm = "";

function drawHealth(runs) {
  const form = JSON.stringify(
    runs.map(({ label, view, curves }) => [label, view.findings, curves.size]),
  );
  if (form === healthForm) return;
  healthForm = form;
  const boxes = runs.flatMap(({ label, view }) =>
    view.findings.filter(({ over }) => !over).map((finding) => {
      const box = document.createElement("div");
      box.className = "finding";
      const line = (text, className = "") => {
        const paragraph = document.createElement("p");
        paragraph.className = className;
        paragraph.textContent = text;
        box.append(paragraph);
        return paragraph;
      };
      line(`${runs.length > 1 ? `${label}: ` : ""}${finding.sentence}`, "sentence");
      line(`Since step ${finding.since}. ${finding.advice}`);
      const change = line("Try ");
      const code = document.createElement("code");
      code.textContent = finding.change;
      change.append(code);
      line(`Threshold: ${finding.source}`, "note");
      return box;
    })
  );
  const note = document.createElement("p");
  const measured = runs.some(({ curves }) =>
    [...curves.keys()].some((name) => name.startsWith("metrics: health."))
  );
  note.textContent = measured
    ? "Nothing found."
    : "Not measured yet. health() among the callbacks of an experiment measures it.";
  find("findings").replaceChildren(...boxes.length > 0 ? boxes : [note]);
}

// ---------------------------------------------------------------- curves

const settings = () => {
  const longest = Math.max(2, ...[...shown.values()].map(({ view }) => view?.step ?? 0));
  const over = smoothingSteps(Number(find("smoothing").value), longest);
  return { over, along: find("along").value, logarithmic: find("logarithmic").checked };
};
const charts = createCharts(find("charts"), settings);
const healthCharts = createCharts(find("health-charts").querySelector(".charts"), settings);

const rank = (name) => {
  const place = ["generator", "discriminator"].indexOf(name.split(".")[0]);
  return place < 0 ? 2 : place;
};

function drawCurves(runs) {
  const names = [...new Set(runs.flatMap(({ curves }) => [...curves.keys()]))]
    .filter((name) => name !== "seconds")
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const isHealth = (name) => name.startsWith("metrics: health.");
  charts.update(names.filter((name) => !isHealth(name)), runs);
  const measured = names.filter(isHealth);
  find("health-charts").hidden = measured.length === 0;
  healthCharts.update(measured, runs);
  find("smoothing-words").textContent = describeSmoothing(settings().over);
}

// ---------------------------------------------------------------- parameters

let parametersForm = "";

function drawParameters(runs) {
  const onlyDifferent = find("only-different").checked;
  const form = JSON.stringify([
    onlyDifferent,
    runs.map(({ label, view, slot }) => [label, view.parameters, slot]),
  ]);
  if (form === parametersForm) return;
  parametersForm = form;
  find("only-label").hidden = runs.length < 2;
  const settingsOf = ({ view }) => ({
    experiment: view.experiment,
    ...view.parameters,
    engine: view.engine,
  });
  const names = [...new Set(runs.flatMap((run) => Object.keys(settingsOf(run))))];
  const head = document.createElement("tr");
  head.append(...["", ...runs.map(({ label }) => label)].map((text) => {
    const th = document.createElement("th");
    th.scope = "col";
    th.textContent = text;
    th.title = text;
    return th;
  }));
  find("parameter-table").tHead.replaceChildren(head);
  const lines = names.flatMap((name) => {
    const values = runs.map((run) => settingsOf(run)[name] ?? "");
    const differs = new Set(values).size > 1;
    if (onlyDifferent && runs.length > 1 && !differs) return [];
    const row = document.createElement("tr");
    const th = document.createElement("th");
    th.scope = "row";
    th.textContent = name;
    row.append(th, ...values.map((value) => cell(value, differs ? "differs" : "")));
    return [row];
  });
  find("parameter-table").tBodies[0].replaceChildren(...lines);
}

// ---------------------------------------------------------------- drawing

const samples = createSamples();
const traces = createTraces();

function draw() {
  const runs = [...shown.values()].filter(({ view }) => view !== null);
  drawRuns();
  drawHealth(runs);
  drawCurves(runs);
  samples.update(runs);
  traces.update(runs);
  drawParameters(runs);
  document.title = titleOf(runs);
}

function titleOf(runs) {
  const [run] = runs;
  if (runs.length !== 1) return `${runs.length} runs, Pairlab watch`;
  const { state, epoch, epochs } = run.view;
  return `${state === "running" ? `${epoch}/${epochs}` : state}, ${run.label}`;
}

function drawSoon() {
  if (asked) return;
  asked = true;
  // A page in the background draws when it is looked at again.
  requestAnimationFrame(() => {
    asked = false;
    draw();
  });
}

for (const id of ["filter", "smoothing", "along", "logarithmic", "only-different"]) {
  find(id).addEventListener("input", drawSoon);
}
find("health-charts").addEventListener("toggle", drawSoon);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawSoon);
addEventListener("resize", drawSoon);
setInterval(drawSoon, 15_000);

const press = (id) => {
  find(id).checked = !find(id).checked;
  find(id).dispatchEvent(new Event("input"));
};
const KEYS = {
  "[": () => samples.step(-1),
  "]": () => samples.step(1),
  p: () => samples.play(),
  l: () => press("logarithmic"),
  d: () => press("logits"),
};
addEventListener("keydown", (event) => {
  const typing = /^(input|select|textarea)$/i.test(event.target.tagName) &&
    event.target.type !== "range" && event.target.type !== "checkbox";
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = KEYS[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});

for (const id of new URLSearchParams(location.search).getAll("run")) show(id);
connect();
