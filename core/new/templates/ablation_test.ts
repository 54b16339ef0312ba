import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { conformance } from "../../../tests/conformance/mod.ts";
import myAblation from "./ablation.ts";

conformance.ablation("myAblation", myAblation);

describe("myAblation", () => {
  it("trains each of three variants three times", () => {
    assertEquals(myAblation.variants.size * myAblation.seeds.length, 9);
  });
});
