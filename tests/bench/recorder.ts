/** Events in the trace event format of Chrome, which Perfetto and chrome://tracing show. */

/** A complete event; times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: "X";
  readonly ts: number;
  readonly dur: number;
  readonly pid: 1;
  /** 0 is the training; others are pictures being loaded, which may overlap each other. */
  readonly tid: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** The name of a thread. */
interface ThreadName {
  readonly name: "thread_name";
  readonly ph: "M";
  readonly pid: 1;
  readonly tid: number;
  readonly args: { readonly name: string };
}

/** The contents of a trace file. */
export interface TraceFile {
  readonly traceEvents: readonly (TraceEvent | ThreadName)[];
  readonly displayTimeUnit: "ms";
  readonly otherData: Readonly<Record<string, unknown>>;
}

/** What an event shows. */
export type Label = Pick<TraceEvent, "name" | "cat" | "args">;

/** All events of a name on the training's thread. */
export interface Cost {
  readonly name: string;
  readonly calls: number;
  /** Without the events within them, in all. */
  readonly milliseconds: number;
}

/** Records what happens when. */
export interface Recorder {
  /** Forgets what has ended, and what the training's thread is in the middle of. */
  restart(): void;
  /** Begins an event of the training's thread, within the one that is open. @returns Its end. */
  begin(label: Label): () => void;
  /** Records a synchronous call on the training's thread. */
  call<T>(label: Label, body: () => T): T;
  /** Records one that others may overlap, on a thread that is free. */
  aside<T>(label: Label, body: () => T | Promise<T>): Promise<T>;
  /** The costs of the training's thread, the costliest first; they add up to its time. */
  costs(): Cost[];
  file(about: Readonly<Record<string, unknown>>): TraceFile;
}

/** An event of the training's thread that has not ended. */
interface Open {
  readonly start: number;
  /** Time of the events within it. */
  within: number;
}

/**
 * Creates an empty recorder.
 *
 * @param now The clock, milliseconds.
 *
 * @example
 * ```ts
 * import { createRecorder } from "./recorder.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = createRecorder();
 * assertEquals(recorder.call({ name: "Add", cat: "operation" }, () => 1 + 1), 2);
 * assertEquals(recorder.costs()[0]?.name, "Add");
 * ```
 */
export function createRecorder(now: () => number = () => performance.now()): Recorder {
  const origin = now();
  // Whole microseconds, so that an event that lies within another still does when ts and dur add up.
  const clock = (): number => Math.round((now() - origin) * 1000);
  let events: TraceEvent[] = [];
  let costs = new Map<string, { calls: number; microseconds: number }>();
  let open: Open[] = [];
  const busy = new Set<number>();

  const add = (label: Label, tid: number, ts: number, dur: number): void => {
    events.push({ ...label, ph: "X", ts, dur, pid: 1, tid });
  };
  const begin = (label: Label): () => void => {
    const mine: Open = { start: clock(), within: 0 };
    const among = open;
    among.push(mine);
    return () => {
      const dur = clock() - mine.start;
      among.pop();
      if (among !== open) return;
      const parent = open.at(-1);
      if (parent !== undefined) parent.within += dur;
      add(label, 0, mine.start, dur);
      const cost = costs.get(label.name) ?? { calls: 0, microseconds: 0 };
      cost.calls++;
      cost.microseconds += dur - mine.within;
      costs.set(label.name, cost);
    };
  };
  return {
    restart: () => {
      [events, costs, open] = [[], new Map(), []];
    },
    begin,
    call: (label, body) => {
      const end = begin(label);
      try {
        return body();
      } finally {
        end();
      }
    },
    aside: async (label, body) => {
      let tid = 1;
      while (busy.has(tid)) tid++;
      busy.add(tid);
      const start = clock();
      try {
        return await body();
      } finally {
        busy.delete(tid);
        add(label, tid, start, clock() - start);
      }
    },
    costs: () =>
      [...costs]
        .map(([name, { calls, microseconds }]) => ({
          name,
          calls,
          milliseconds: microseconds / 1000,
        }))
        .sort((a, b) => b.milliseconds - a.milliseconds),
    file: (about) => ({
      // In order, the outer first, as viewers nest those that begin at the same moment.
      traceEvents: [
        ...threadNames(events),
        ...events.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur),
      ],
      displayTimeUnit: "ms",
      otherData: about,
    }),
  };
}

function threadNames(events: readonly TraceEvent[]): ThreadName[] {
  const threads = [...new Set(events.map(({ tid }) => tid))].sort((a, b) => a - b);
  return threads.map((tid) => ({
    name: "thread_name",
    ph: "M",
    pid: 1,
    tid,
    args: { name: tid === 0 ? "training" : `loading ${tid}` },
  }));
}
