import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  constantExtent,
  constantOf,
  evaluateExtent,
  fitExtent,
} from "../../../core/export/extent.ts";

const GRID = { batch: [2, 3], height: [32, 48], width: [64, 96] } as const;

describe("an extent", () => {
  it("that is the same at all sizes is a constant", () => {
    assertEquals(constantOf(fitExtent(GRID, () => 7)), 7);
    assertEquals(constantOf(fitExtent(GRID, () => 0)), 0);
    assertEquals(constantOf(fitExtent(GRID, () => -1)), -1);
    assertEquals(constantOf(constantExtent(3)), 3);
  });

  it("is found from its values: halves, margins, products of several sides", () => {
    const functions = [
      ({ height }: { height: number }) => height / 16,
      ({ width }: { width: number }) => 2 * width + 6,
      ({ batch, height, width }: Record<"batch" | "height" | "width", number>) =>
        batch * height * width / 64,
      ({ height, width }: Record<"height" | "width", number>) => (height - 1) * width,
    ];
    for (const fn of functions) {
      const extent = fitExtent(GRID, fn as never);
      for (
        const size of [{ batch: 1, height: 16, width: 32 }, { batch: 5, height: 160, width: 64 }]
      ) {
        assertEquals(evaluateExtent(extent, size), fn(size));
      }
    }
  });

  it("has no terms and no divisor that it does not need", () => {
    assertEquals(fitExtent(GRID, ({ width }) => width / 2), {
      terms: [{ coefficient: 1, variables: ["width"] }],
      divisor: 2,
    });
  });
});
