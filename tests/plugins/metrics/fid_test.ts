import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { it } from "@std/testing/bdd";
import { measurePictures } from "../../../core/evaluate/measure.ts";
import { PairlabError } from "../../../core/plugin.ts";
import { symmetricEigenvalues } from "../../../plugins/metrics/fid/eigenvalues.ts";
import { fid } from "../../../plugins/metrics/fid.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertWithin, numbers } from "../../fidelity/numbers.ts";
import expected from "./fixtures/metrics.json" with { type: "json" };
import { smallNetwork } from "./network.ts";
import { comparedSet } from "./pictures.ts";

async function distance(layer: string, count = 12, same = false): Promise<number> {
  const metric = fid({ network: smallNetwork(), layer });
  const pictures = comparedSet(count).map((pair) =>
    same ? { ...pair, prediction: pair.target } : pair
  );
  return (await measurePictures([metric], pictures)).sets["fid"]!;
}

describeOnEngines("fid", () => {
  for (const layer of ["late", "dense"] as const) {
    it(`is SciPy's, of ${layer === "late" ? "more" : "fewer"} pictures than features`, async () => {
      const value = expected.fid[layer];
      assertWithin(layer, await distance(layer), value, 1e-4 * value);
    });

    it(`is 0 where nothing differs, of the layer ${layer}`, async () => {
      const found = await distance(layer, 12, true);
      assert(Math.abs(found) < 1e-6 * expected.fid[layer], `${found}`);
    });
  }

  it("takes the last layer unless it is told another", async () => {
    const metric = fid({ network: smallNetwork() });
    const { sets } = await measurePictures([metric], comparedSet(12));
    assertAlmostEquals(sets["fid"] ?? NaN, await distance("dense"), 1e-9);
  });

  it("is not known of one picture", async () => {
    assertEquals(await distance("dense", 1), NaN);
  });

  it("refuses a layer that there is not", async () => {
    await assertRejects(() => distance("lte"), PairlabError, '"late"');
  });
});

describeOnEngines("eigenvalues of a symmetric matrix", () => {
  for (const size of [1, 2, 3, 10, 60]) {
    it(`of ${size}x${size} have its trace, and the sum of its squares`, () => {
      const entries = numbers(`symmetric ${size}`, size * size, -1, 1);
      const at = (i: number, j: number): number => entries[Math.min(i, j) * size + Math.max(i, j)]!;
      const rows = Array.from(
        { length: size },
        (_, i) => Float64Array.from({ length: size }, (_, j) => at(i, j)),
      );
      const trace = rows.reduce((sum, row, i) => sum + row[i]!, 0);
      const squares = rows.flatMap((row) => [...row]).reduce((sum, value) => sum + value ** 2, 0);
      const values = symmetricEigenvalues(rows);
      assertAlmostEquals(values.reduce((a, b) => a + b), trace, 1e-11);
      assertAlmostEquals(values.reduce((sum, value) => sum + value ** 2, 0), squares, 1e-10);
    });
  }

  it("are those of a matrix that is known", () => {
    // Second differences: 2 - 2 cos(k π / (n + 1)).
    const size = 9;
    const rows = Array.from({ length: size }, (_, i) =>
      Float64Array.from(
        { length: size },
        (_, j) => i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0,
      ));
    const found = symmetricEigenvalues(rows).sort();
    found.forEach((value, k) =>
      assertAlmostEquals(value, 2 - 2 * Math.cos((k + 1) * Math.PI / (size + 1)), 1e-12)
    );
  });

  it("of nothing but zeros are zeros", () => {
    const zeros = [0, 1, 2].map(() => new Float64Array(3));
    assertEquals([...symmetricEigenvalues(zeros)], [0, 0, 0]);
  });
});
