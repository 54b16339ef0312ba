import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { listedRoster, parseWorkers, threadsOf } from "../../../core/workers/roster.ts";
import { shareOf } from "../../../core/workers/share.ts";

describe("--workers", () => {
  it("refuses what is neither a number nor addresses, and an address twice", () => {
    for (const text of ["", "0", "-1", "two", "1.5", "host", "host:0", "host:70000", "a:1,b"]) {
      assertThrows(() => parseWorkers(text), Error, `Cannot train with the workers "${text}"`);
    }
    assertThrows(() => parseWorkers("a:1,a:1"), Error, "an address stands there twice");
  });

  it("asks for the place in a list", () => {
    assertThrows(() => listedRoster(["a:1", "b:1"], undefined), Error, "--worker is missing");
    assertThrows(() => listedRoster(["a:1", "b:1"], 2), Error, "there is no worker 2");
    assertEquals(listedRoster(["a:1", "b:1"], 1).membership.index, 1);
  });

  it("divides a machine's cores among the workers on it", () => {
    const addresses = ["a:1", "a:2", "b:1"];
    assertEquals([0, 1, 2].map((index) => threadsOf({ addresses, index }, 8)), [4, 4, 8]);
    assertEquals(threadsOf({ addresses: ["a:1", "a:2", "a:3"], index: 0 }, 2), 1);
  });
});

describe("the share of a worker", () => {
  it("makes each picture count once, whatever the sizes", () => {
    for (const [size, count] of [[1, 4], [3, 2], [5, 4], [8, 4], [7, 3]] as const) {
      const counted = new Array<number>(size).fill(0);
      for (let index = 0; index < count; index++) {
        const { first, pictures, of, weight } = shareOf(size, { index, count });
        assertEquals(of, size);
        // The mean over the workers of weighted means over pictures.
        for (let at = first; at < first + pictures; at++) {
          counted[at]! += weight / pictures / count;
        }
      }
      for (const value of counted) assertEquals(Math.abs(value - 1 / size) < 1e-12, true);
    }
  });
});
