import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../mod.ts";
import { conformance } from "../../../tests/conformance/mod.ts";
import { myData } from "./data.ts";

const few = { count: 5, size: 16 };

conformance.data("myData", () => myData(few), {
  others: {
    "another seed": () => myData({ ...few, seed: 24 }),
    "one more": () => myData({ ...few, count: 6 }),
  },
});

describe("myData", () => {
  it("begins each row in the middle of a wave, which input and target have in common", async () => {
    const { train } = await myData(few).open();
    const { input, target } = await train.load(0);
    // sin(0) is 0, whatever the strength.
    for (const row of [0, 15]) {
      const first = row * 16 * 3;
      assertEquals(input.data.slice(first, first + 3), target.data.slice(first, first + 3));
    }
  });

  it("divides by the share", async () => {
    const { train, test } = await myData({ count: 10, trainShare: 0.7 }).open();
    assertEquals([train.names.length, test.names.length], [7, 3]);
  });

  it("refuses a share that leaves nothing to test with", () => {
    assertThrows(() => myData({ trainShare: 1 }), PairlabError, "share of 1");
  });
});
