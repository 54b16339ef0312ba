import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Signs, stateOf } from "../../../core/watch/state.ts";

const signs: Signs = { end: null, step: 40, written: 0, now: 1000, usualStep: 100 };
const end = { time: "", epoch: 1, step: 40 };

describe("the state of a run", () => {
  const cases: readonly [string, Partial<Signs>, string][] = [
    ["has begun before its first step", { step: 0 }, "begun"],
    ["is running while steps come", {}, "running"],
    ["is stalled after a silent minute", { now: 61_000 }, "stalled"],
    ["may take its time where a step takes long", { now: 61_000, usualStep: 5000 }, "running"],
    ["is stalled after 20 usual steps", { now: 101_000, usualStep: 5000 }, "stalled"],
    ["may check its data for minutes", { step: 0, now: 200_000 }, "begun"],
    ["is stalled if no first step comes", { step: 0, now: 301_000 }, "stalled"],
    ["is how its end says", { end: { ...end, end: "failed" }, now: 1e9 }, "failed"],
    [
      "is running when it goes on after an end",
      { end: { ...end, end: "failed" }, step: 41 },
      "running",
    ],
    ["is finished when all epochs are logged, without an end", { epoch: 2, epochs: 2 }, "finished"],
  ];
  for (const [words, changes, expected] of cases) {
    it(words, () => assertEquals(stateOf({ ...signs, ...changes }), expected));
  }
});
