import { assertAlmostEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cosine } from "../../../plugins/schedules/cosine.ts";
import { stepOf } from "./progress.ts";

describe("cosine", () => {
  it("falls along half a cosine over all steps", () => {
    const rate = cosine({ rate: 3, to: 1 });
    const at = (step: number): number => rate(stepOf(step, 6));
    assertAlmostEquals(at(0), 3);
    assertAlmostEquals(at(10), 2 + Math.cos(Math.PI / 6));
    assertAlmostEquals(at(20), 2.5);
    assertAlmostEquals(at(30), 2);
    assertAlmostEquals(at(40), 1.5);
  });

  it("has nearly its last rate in the last step, and keeps it", () => {
    const rate = cosine({ rate: 1 });
    assertAlmostEquals(rate(stepOf(59, 6)), (1 - Math.cos(Math.PI / 60)) / 2);
    assertAlmostEquals(rate(stepOf(70, 6)), 0);
  });
});
