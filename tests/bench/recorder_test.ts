import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createRecorder, type Recorder, type TraceEvent } from "./recorder.ts";

/** A recorder whose clock stands still, and what moves it by milliseconds. */
function withClock(): { readonly recorder: Recorder; pass(milliseconds: number): void } {
  let time = 1000;
  const recorder = createRecorder(() => time);
  return { recorder, pass: (milliseconds) => void (time += milliseconds) };
}

const operation = (name: string) => ({ name, cat: "operation" });

/** `name @ thread: from + duration`, in the file's order. */
function describeFile(recorder: Recorder): string[] {
  return recorder.file({}).traceEvents
    .filter((event): event is TraceEvent => event.ph === "X")
    .map(({ name, tid, ts, dur }) => `${name} @ ${tid}: ${ts} + ${dur}`);
}

describe("a recorder", () => {
  it("writes events in microseconds from its beginning, the outer before the inner", () => {
    const { recorder, pass } = withClock();
    pass(2);
    const end = recorder.begin(operation("step"));
    recorder.call(operation("Conv2D"), () => pass(3));
    pass(0.5);
    recorder.call(operation("Add"), () => pass(0.25));
    end();
    assertEquals(describeFile(recorder), [
      "step @ 0: 2000 + 3750",
      "Conv2D @ 0: 2000 + 3000",
      "Add @ 0: 5500 + 250",
    ]);
  });

  it("takes the time of inner events off the outer ones', and puts the costliest first", () => {
    const { recorder, pass } = withClock();
    for (const milliseconds of [10, 30]) {
      recorder.call(operation("step"), () => {
        pass(1);
        recorder.call(operation("Composed"), () => {
          pass(2);
          recorder.call(operation("Conv2D"), () => pass(milliseconds));
        });
        recorder.call(operation("Add"), () => pass(5));
      });
    }
    assertEquals(recorder.costs(), [
      { name: "Conv2D", calls: 2, milliseconds: 40 },
      { name: "Add", calls: 2, milliseconds: 10 },
      { name: "Composed", calls: 2, milliseconds: 4 },
      { name: "step", calls: 2, milliseconds: 2 },
    ]);
  });

  it("puts loads that overlap on threads of their own, and names the threads", async () => {
    const { recorder, pass } = withClock();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const one = recorder.aside(operation("one"), () => first.promise);
    pass(1);
    const two = recorder.aside(operation("two"), () => second.promise);
    pass(1);
    first.resolve();
    await one;
    await recorder.aside(operation("three"), () => pass(4));
    second.resolve();
    await two;
    assertEquals(describeFile(recorder), [
      "one @ 1: 0 + 2000",
      "two @ 2: 1000 + 5000",
      "three @ 1: 2000 + 4000",
    ]);
    assertEquals(recorder.costs(), []);
    const names = recorder.file({}).traceEvents.filter(({ ph }) => ph === "M");
    assertEquals(names.map(({ tid, args }) => [tid, args?.["name"]]), [
      [1, "loading 1"],
      [2, "loading 2"],
    ]);
  });

  it("forgets what ended before a restart, and what it was in the middle of", () => {
    const { recorder, pass } = withClock();
    recorder.call(operation("before"), () => pass(1));
    const end = recorder.begin(operation("across"));
    recorder.restart();
    recorder.call(operation("after"), () => pass(2));
    end();
    assertEquals(describeFile(recorder), ["after @ 0: 1000 + 2000"]);
    assertEquals(recorder.costs(), [{ name: "after", calls: 1, milliseconds: 2 }]);
  });

  it("records what fails, and passes the error on", async () => {
    const { recorder } = withClock();
    const fail = (): never => {
      throw new Error("no more memory");
    };
    assertThrows(() => recorder.call(operation("MatMul"), fail), Error, "no more memory");
    await assertRejects(() => recorder.aside(operation("load"), fail), Error, "no more memory");
    assertEquals(describeFile(recorder), ["MatMul @ 0: 0 + 0", "load @ 1: 0 + 0"]);
  });
});
