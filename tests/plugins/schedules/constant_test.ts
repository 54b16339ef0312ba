import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { constant } from "../../../plugins/schedules/constant.ts";
import { beginningOf } from "./progress.ts";

describe("constant", () => {
  it("is the same at any time", () => {
    assertEquals([0, 7, 199].map((epoch) => constant(3e-4)(beginningOf(epoch, 200))), [
      3e-4,
      3e-4,
      3e-4,
    ]);
  });
});
