/** Traces of steps: a timeline of lanes, and a table of what cost most. */
import { enlarge, moved, neighbour, readTrace } from "./timeline.js";

const find = (id) => document.getElementById(id);
const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Rows of the table; bytes of a file beyond which the page does not read it. */
const MOST = { costs: 10, bytes: 100e6 };

/** Pixels: a level of events, the name of a lane, the axis, and a letter. */
const HIGH = { level: 20, name: 22, axis: 24 };
const LETTER = 6.6;

const milliseconds = (value) => `${Number(value.toPrecision(3))} ms`;

/** The same colour for the same name. */
function colourFor(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return `--c${sum % 8}`;
}

export function createTraces() {
  const canvas = find("timeline");
  let runs = [];
  /** What is shown: the file's form, what it holds, the part of the time, and the chosen event. */
  let form = "";
  let trace = null;
  let part = { from: 0, to: 1 };
  let chosen = null;
  let isInSight = false;
  /** What the drawing depends on besides the trace; a page that grows or darkens draws it again. */
  let drawnAs = "";
  const look = () => [canvas.clientWidth, devicePixelRatio, colourOf("--page")].join();

  new IntersectionObserver((entries) => {
    isInSight = entries.at(-1).isIntersecting;
    if (isInSight) load();
  }, { rootMargin: "300px" }).observe(find("trace"));

  const note = (words) => find("trace-note").textContent = words;

  function update(all) {
    runs = all.filter(({ view }) => view.traces.length > 0);
    find("trace").hidden = runs.length === 0;
    const options = runs.flatMap(({ label, view }) =>
      view.traces.map(({ name }) => [`${view.id}/${name}`, `${label}: ${name}`])
    );
    const select = find("trace-file");
    if (select.dataset.form !== JSON.stringify(options)) {
      select.dataset.form = JSON.stringify(options);
      const before = select.value;
      select.replaceChildren(...options.map(([value, words]) => new Option(words, value)));
      if (options.some(([value]) => value === before)) select.value = before;
    }
    if (isInSight) load();
  }

  /** Reads the chosen file if it is another one, or has grown. */
  async function load() {
    const [id, name] = find("trace-file").value.split("/");
    const entry = runs.find(({ view }) => view.id === id)?.view.traces.find((one) =>
      one.name === name
    );
    if (entry === undefined) return;
    const now = `${id}/${name}/${entry.bytes}`;
    if (now === form) {
      if (look() !== drawnAs) draw();
      return;
    }
    form = now;
    show(null);
    if (entry.bytes > MOST.bytes) return note("Too large for this page: open it in Perfetto.");
    note("Reading it");
    try {
      const answer = await fetch(`/traces/${id}/${encodeURIComponent(name)}`);
      const found = readTrace(await answer.json());
      if (now !== form) return;
      note(found === null ? "It holds no events." : "");
      show(found);
    } catch {
      if (now === form) note("It is not whole yet, or not a trace in Chrome's format.");
    }
  }

  function show(found) {
    trace = found;
    chosen = null;
    if (trace !== null) part = { from: trace.start, to: trace.end };
    canvas.hidden = trace === null;
    find("costs").hidden = trace === null;
    tell(null);
    if (trace === null) return;
    tabulate();
    draw();
  }

  function tabulate() {
    const { costs, lanes } = trace;
    const all = costs.reduce((sum, { own }) => sum + own, 0);
    find("costs").caption.textContent = `The costliest of "${
      lanes[0].name
    }", each without what runs within it`;
    find("costs").tBodies[0].replaceChildren(
      ...costs.slice(0, MOST.costs).map(({ name, calls, own }) => {
        const row = document.createElement("tr");
        const head = document.createElement("th");
        head.scope = "row";
        head.textContent = name;
        row.append(
          head,
          ...[String(calls), own.toFixed(2), (100 * own / all).toFixed(1)].map((text) => {
            const cell = document.createElement("td");
            cell.className = "n";
            cell.textContent = text;
            return cell;
          }),
        );
        return row;
      }),
    );
  }

  // -------------------------------------------------------------- drawing

  /** Each lane with the place of its first level. */
  function placed() {
    let top = HIGH.axis;
    return trace.lanes.map((lane) => {
      const first = top + HIGH.name;
      top = first + lane.levels.length * HIGH.level + 4;
      return { lane, first, bottom: top };
    });
  }

  function draw() {
    if (trace === null || canvas.clientWidth === 0) return;
    drawnAs = look();
    const width = canvas.clientWidth, lanes = placed(), height = lanes.at(-1).bottom;
    const ratio = devicePixelRatio;
    canvas.style.height = `${height}px`;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    const place = (time) => (time - part.from) / (part.to - part.from) * width;
    drawAxis(context, place, { width, height });
    const colours = new Map();
    for (const { lane, first } of lanes) {
      context.fillStyle = colourOf("--ink");
      context.fillText(lane.name, 6, first - HIGH.name / 2);
      for (const [level, events] of lane.levels.entries()) {
        const top = first + level * HIGH.level;
        let drawn = -1;
        for (const event of events) {
          const left = Math.max(-1, place(event.start)),
            right = Math.min(width + 1, place(event.end));
          // Of events narrower than a pixel, one is enough.
          if (right < 0 || left > width || right < drawn + 0.5) continue;
          drawn = Math.max(right, left + 0.5);
          const { name } = event;
          if (!colours.has(name)) colours.set(name, colourOf(colourFor(name)));
          context.fillStyle = colours.get(name);
          context.fillRect(left, top, Math.max(0.5, right - left - 0.5), HIGH.level - 2);
          const letters = Math.floor((right - left - 8) / LETTER);
          if (letters < 3) continue;
          context.fillStyle = colourOf("--page");
          const words = name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
          context.fillText(words, left + 4, top + HIGH.level / 2 - 0.5);
        }
      }
    }
    if (chosen === null) return;
    const { event } = chosen;
    const top = lanes.find(({ lane }) => lane === chosen.lane).first + event.level * HIGH.level;
    const left = place(event.start);
    context.strokeStyle = colourOf("--ink");
    context.lineWidth = 2;
    context.strokeRect(left - 1, top - 1, Math.max(3, place(event.end) - left + 1), HIGH.level);
  }

  function drawAxis(context, place, { width, height }) {
    const span = part.to - part.from;
    const step = [1, 2, 5, 10].map((times) => times * 10 ** Math.floor(Math.log10(span / 6)))
      .find((one) => span / one <= width / 90) ?? span;
    const first = Math.ceil((part.from - trace.start) / step);
    for (let at = first; at * step <= part.to - trace.start; at++) {
      const left = Math.round(place(trace.start + at * step)) + 0.5;
      context.fillStyle = colourOf("--line");
      context.fillRect(left, 0, 1, height);
      context.fillStyle = colourOf("--faint");
      context.fillText(milliseconds(at * step), left + 4, HIGH.axis / 2);
    }
  }

  // -------------------------------------------------------------- what an event is

  function tell(found) {
    const { lane, event } = found ?? {};
    find("event").textContent = event === undefined ? "" : describe(lane, event).slice(0, 400);
  }

  function describe({ name: lane }, { name, start, end, own, args }) {
    const parts = [milliseconds(end - start)];
    if (own < end - start) parts.push(`${milliseconds(own)} without what runs within`);
    parts.push(`at ${milliseconds(start - trace.start)}`, lane);
    for (const [key, value] of Object.entries(args ?? {})) {
      parts.push(`${key} ${typeof value === "object" ? JSON.stringify(value) : value}`);
    }
    return `${name}: ${parts.join(", ")}`;
  }

  /** The event at a place of the canvas: within 3 pixels, the nearest. */
  function eventAt({ offsetX, offsetY }) {
    if (trace === null) return null;
    const { lane, first } =
      placed().find(({ first, bottom }) => offsetY >= first && offsetY < bottom) ?? {};
    const events = lane?.levels[Math.floor((offsetY - first) / HIGH.level)] ?? [];
    const perPixel = (part.to - part.from) / canvas.clientWidth;
    const time = part.from + offsetX * perPixel;
    let nearest = null, least = 3 * perPixel;
    for (const event of events) {
      const distance = Math.max(event.start - time, time - event.end, 0);
      if (distance < least) [nearest, least] = [{ lane, event }, distance];
    }
    return nearest;
  }

  function see(next) {
    part = next;
    draw();
  }

  function choose(found) {
    chosen = found;
    tell(chosen);
    if (chosen === null) return draw();
    const { start, end } = chosen.event;
    const middle = (part.from + part.to) / 2;
    // What lies outside is brought to the middle.
    see(
      end < part.from || start > part.to ? moved(part, trace, (start + end) / 2 - middle) : part,
    );
  }

  // -------------------------------------------------------------- mouse and keys

  let grabbed = null;
  canvas.addEventListener("pointerdown", (event) => {
    grabbed = { x: event.clientX, part, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (grabbed === null) return tell(eventAt(event) ?? chosen);
    const by = grabbed.x - event.clientX;
    grabbed.moved ||= Math.abs(by) > 3;
    const { from, to } = grabbed.part;
    if (grabbed.moved) see(moved(grabbed.part, trace, by / canvas.clientWidth * (to - from)));
  });
  canvas.addEventListener("pointerup", (event) => {
    if (grabbed?.moved === false) choose(eventAt(event));
    grabbed = null;
  });
  canvas.addEventListener("pointercancel", () => grabbed = null);
  canvas.addEventListener("pointerleave", () => tell(chosen));
  canvas.addEventListener("dblclick", (event) => {
    const found = eventAt(event);
    if (found === null) return;
    const { start, end } = found.event;
    see(enlarge({ from: start, to: end }, trace, 0.9));
  });
  canvas.addEventListener("wheel", (event) => {
    // Pinching a touchpad counts as the wheel with Ctrl.
    if (!event.ctrlKey || trace === null) return;
    event.preventDefault();
    const about = part.from + event.offsetX / canvas.clientWidth * (part.to - part.from);
    see(enlarge(part, trace, Math.exp(-event.deltaY / 300), about));
  }, { passive: false });

  const middleOf = () => {
    const { start, end } = chosen?.event ?? { start: part.from, end: part.to };
    const middle = (start + end) / 2;
    return middle >= part.from && middle <= part.to ? middle : (part.from + part.to) / 2;
  };
  const zoom = (factor) => see(enlarge(part, trace, factor, middleOf()));
  const go = (direction) => {
    const [lane] = trace.lanes;
    const now = chosen ?? { lane, event: lane.levels[0].find(({ end }) => end > part.from) };
    choose(chosen === null ? now : { ...now, event: neighbour(now.lane, now.event, direction) });
  };
  /** To the lane above or below, where an event has none around it or within it. */
  const climb = (direction, by) => {
    const before = chosen;
    go(direction);
    if (before === null || chosen.event !== before.event) return;
    const lane = trace.lanes[trace.lanes.indexOf(before.lane) + by];
    if (lane === undefined) return;
    const { start } = before.event;
    const event = lane.levels[0].find(({ end }) => end >= start) ?? lane.levels[0].at(-1);
    choose({ lane, event });
  };
  const all = () => see({ from: trace.start, to: trace.end });
  const along = (share) => see(moved(part, trace, share * (part.to - part.from)));
  const KEYS = {
    ArrowLeft: () => go("previous"),
    ArrowRight: () => go("next"),
    ArrowUp: () => climb("around", -1),
    ArrowDown: () => climb("within", 1),
    "Shift+ArrowLeft": () => along(-0.25),
    "Shift+ArrowRight": () => along(0.25),
    "+": () => zoom(1.5),
    "=": () => zoom(1.5),
    "-": () => zoom(1 / 1.5),
    "0": all,
    Home: all,
    Escape: () => choose(null),
  };
  canvas.addEventListener("keydown", (event) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    const act = KEYS[shiftKey && key.startsWith("Arrow") ? `Shift+${key}` : key];
    if (act === undefined || trace === null || ctrlKey || metaKey || altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  for (const [id, act] of [["in", () => zoom(2)], ["out", () => zoom(0.5)], ["all", all]]) {
    find(`trace-${id}`).addEventListener("click", () => trace !== null && act());
  }
  find("trace-file").addEventListener("input", load);

  return { update };
}
