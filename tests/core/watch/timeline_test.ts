/** What the live page's timeline computes of a trace. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as timeline from "../../../core/watch/page/timeline.js";
import { createRecorder } from "../../bench/recorder.ts";

interface Event {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}
interface Lane {
  readonly name: string;
  readonly levels: readonly (readonly Event[])[];
}
interface Trace extends Pick<Event, "start" | "end"> {
  readonly lanes: readonly Lane[];
  readonly costs: readonly {
    readonly name: string;
    readonly calls: number;
    readonly own: number;
  }[];
}

// The page's script has no types of its own.
const { enlarge, moved } = timeline;
const readTrace = timeline.readTrace as (trace: unknown) => Trace | null;
const neighbour = timeline.neighbour as (lane: Lane, event: Event, direction: string) => Event;

const event = (name: string, ts: number, dur: number, tid = 0) => ({
  ...{ name, ts, dur, tid },
  ph: "X",
  pid: 1,
});

describe("a timeline", () => {
  it("shows what the recorder of bench writes, at the costs that it tells", async () => {
    let now = 0;
    const recorder = createRecorder(() => now);
    const wait = (milliseconds: number) => () => void (now += milliseconds);
    await recorder.aside({ name: "load", cat: "loading" }, wait(2));
    const end = recorder.begin({ name: "step", cat: "step" });
    recorder.call({ name: "Conv2D", cat: "operation" }, wait(5));
    now += 1;
    recorder.call({ name: "Conv2D", cat: "operation" }, wait(4));
    end();
    const { lanes, start, end: last, costs } = readTrace(
      JSON.parse(JSON.stringify(recorder.file({}))),
    )!;
    assertEquals(lanes.map(({ name }) => name), ["training", "loading 1"]);
    assertEquals([start, last], [0, 12]);
    const [training] = lanes;
    assertEquals(
      training!.levels.map((level) => level.map(({ name, start, end }) => [name, start, end])),
      [[["step", 2, 12]], [["Conv2D", 2, 7], ["Conv2D", 8, 12]]],
    );
    assertEquals(costs, [{ name: "Conv2D", calls: 2, own: 9 }, { name: "step", calls: 1, own: 1 }]);
    assertEquals(
      costs,
      recorder.costs().map(({ milliseconds: own, ...cost }) => ({ ...cost, own })),
    );
  });

  it("takes a bare list, and passes over what is no event", () => {
    const trace = readTrace([
      null,
      "text",
      { ph: "X", name: "no time" },
      { ph: "B", name: "begin", ts: 0, pid: 1, tid: 0 },
      event("negative", 0, -1),
      event("one", 1000, 500),
      event("other thread", 1000, 500, 10),
      event("third thread", 2000, 500, 2),
    ])!;
    assertEquals(trace.lanes.map(({ name }) => name), ["thread 1 0", "thread 1 2", "thread 1 10"]);
    assertEquals([trace.start, trace.end], [1, 2.5]);
  });

  it("is none without events", () => {
    for (const nothing of [null, 3, {}, [], { traceEvents: {} }, { traceEvents: [{}] }]) {
      assertEquals(readTrace(nothing), null);
    }
  });

  it("enlarges about a place that stays where it is, within the whole", () => {
    const whole = { start: 0, end: 100 };
    const part = enlarge({ from: 0, to: 100 }, whole, 4, 20);
    assertEquals(part, { from: 15, to: 40 });
    assertAlmostEquals((20 - part.from) / (part.to - part.from), 0.2, 1e-12);
    assertEquals(enlarge(part, whole, 1 / 8, 20), { from: 0, to: 100 });
    assertEquals(moved(part, whole, 70), { from: 75, to: 100 });
    assertEquals(moved(part, whole, -70), { from: 0, to: 25 });
    const least = enlarge(part, whole, 1e9, 20);
    assert(least.to > least.from);
  });

  it("goes from an event to those beside it, around it and within it", () => {
    const [lane] = readTrace([
      event("first", 0, 10),
      event("second", 20, 10),
      event("a", 20, 3),
      event("b", 25, 3),
    ])!.lanes as [Lane];
    const [[first, second], [a, b]] = lane.levels as [[Event, Event], [Event, Event]];
    assertEquals(neighbour(lane, first, "next"), second);
    assertEquals(neighbour(lane, a, "next"), b);
    assertEquals(neighbour(lane, b, "previous"), a);
    assertEquals(neighbour(lane, b, "around"), second);
    assertEquals(neighbour(lane, second, "within"), a);
    for (const direction of ["previous", "around", "within"]) {
      assertEquals(neighbour(lane, first, direction), first);
    }
  });
});
