import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { numpyShuffle } from "../../../core/random/numpy.ts";

interface Fixture {
  readonly cases: readonly { readonly seed: number; readonly shuffled: readonly number[] }[];
}

const fixture = JSON.parse(
  await Deno.readTextFile(new URL("fixtures/numpy_shuffle.json", import.meta.url)),
) as Fixture;

describe("numpyShuffle", () => {
  for (const { seed, shuffled } of fixture.cases) {
    it(`orders ${shuffled.length} items by seed ${seed} as NumPy does`, () => {
      assertEquals(numpyShuffle([...shuffled.keys()], seed), shuffled);
    });
  }

  it("leaves its argument as it is", () => {
    const items = [0, 1, 2, 3, 4, 5, 6, 7];
    const shuffled = numpyShuffle(items, 23);
    assertEquals(items, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert(shuffled.some((item, index) => item !== index));
  });

  it("refuses seeds that NumPy's legacy generator does not take", () => {
    for (const seed of [-1, 0.5, 2 ** 32, NaN]) {
      assertThrows(() => numpyShuffle([1, 2], seed), RangeError, "0 to 2^32 - 1");
    }
  });
});
