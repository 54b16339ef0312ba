/** What a trace in Chrome's format holds: lanes of events that lie within each other, and costs. */

/**
 * Reads a trace. Of its events, those with a begin and a duration count (`"ph": "X"`).
 *
 * @param trace The contents of the file: a list of events, or an object that holds it.
 * @returns `{ lanes, start, end, costs }`, times in milliseconds. A lane is a thread:
 * `{ name, levels }`, a level a list of events in the order of time,
 * `{ name, start, end, own, level, args }`, each within one of the level before. `costs` are of the
 * first lane, the costliest first: `{ name, calls, own }`. Null if there is no event.
 */
export function readTrace(trace) {
  const given = Array.isArray(trace) ? trace : trace?.traceEvents;
  if (!Array.isArray(given)) return null;
  const names = new Map(), threads = new Map();
  for (const event of given) {
    if (event === null || typeof event !== "object") continue;
    const { ph, name, ts, dur, pid, tid, args } = event;
    const thread = `${pid} ${tid}`;
    if (ph === "M" && name === "thread_name") names.set(thread, String(args?.name));
    if (ph !== "X" || !Number.isFinite(ts) || !(dur >= 0) || dur === Infinity) continue;
    if (!threads.has(thread)) threads.set(thread, []);
    const [start, end] = [ts / 1000, (ts + dur) / 1000];
    threads.get(thread).push({ name: String(name), start, end, own: end - start, level: 0, args });
  }
  if (threads.size === 0) return null;
  const order = [...threads.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const lanes = order.map((thread) => ({
    name: names.get(thread) ?? `thread ${thread}`,
    levels: nest(threads.get(thread)),
  }));
  const outermost = lanes.flatMap(({ levels }) => levels[0]);
  return {
    lanes,
    start: outermost.reduce((least, { start }) => Math.min(least, start), Infinity),
    end: outermost.reduce((most, { end }) => Math.max(most, end), -Infinity),
    costs: costsOf(lanes[0].levels.flat()),
  };
}

/** Sorts events of a thread into levels; what runs within an event is not its own time. */
function nest(events) {
  const levels = [], open = [];
  for (const event of events.sort((a, b) => a.start - b.start || b.end - a.end)) {
    while (open.length > 0 && open.at(-1).end <= event.start) open.pop();
    if (open.length > 0) open.at(-1).own -= event.end - event.start;
    event.level = open.length;
    (levels[event.level] ??= []).push(event);
    open.push(event);
  }
  return levels;
}

function costsOf(events) {
  const costs = new Map();
  for (const { name, own } of events) {
    const cost = costs.get(name) ?? { name, calls: 0, own: 0 };
    costs.set(name, { name, calls: cost.calls + 1, own: cost.own + own });
  }
  return [...costs.values()].sort((a, b) => b.own - a.own);
}

/**
 * The part of the time that is seen after enlarging it about a place, never beyond the whole.
 *
 * @param part `{ from, to }`.
 * @param whole `{ start, end }`.
 * @param factor Above 1 shows less of the time, below 1 more.
 */
export function enlarge({ from, to }, { start, end }, factor, about = (from + to) / 2) {
  const span = Math.min(end - start, Math.max(LEAST, (to - from) / factor));
  const share = to === from ? 0.5 : (about - from) / (to - from);
  return moved({ from: about - share * span, to: about + (1 - share) * span }, { start, end }, 0);
}

/** The part moved along, and held within the whole. */
export function moved({ from, to }, { start, end }, by) {
  const first = Math.max(start, Math.min(from + by, end - (to - from)));
  return { from: first, to: first + (to - from) };
}

/** Milliseconds that are seen at the least. */
const LEAST = 0.001;

/** The event after or before one in its level, around it or within it; itself if there is none. */
export function neighbour({ levels }, event, direction) {
  const { level } = event;
  const row = levels[level];
  if (direction === "next") return row[row.indexOf(event) + 1] ?? event;
  if (direction === "previous") return row[row.indexOf(event) - 1] ?? event;
  if (direction === "around") {
    return levels[level - 1]?.findLast(({ start }) => start <= event.start) ?? event;
  }
  return levels[level + 1]?.find(({ start, end }) => start >= event.start && end <= event.end) ??
    event;
}
