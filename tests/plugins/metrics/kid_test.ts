import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { measurePictures } from "../../../core/evaluate/measure.ts";
import { kernelDistance } from "../../../plugins/metrics/kid/kernel.ts";
import { kid, type KidOptions } from "../../../plugins/metrics/kid.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { numbers } from "../../fidelity/numbers.ts";
import expected from "./fixtures/metrics.json" with { type: "json" };
import { smallNetwork } from "./network.ts";
import { comparedSet } from "./pictures.ts";

async function distance(options: Omit<KidOptions, "network">, count = 12): Promise<number> {
  const metric = kid({ network: smallNetwork(), ...options });
  return (await measurePictures([metric], comparedSet(count))).sets["kid"]!;
}

/** Vectors of three numbers, in -1…1 more or less the shift. */
function vectors(name: string, count: number, shift = 0): Float32Array[] {
  return Array.from(
    { length: count },
    (_, i) => Float32Array.from(numbers(`${name} ${i}`, 3, -1, 1), (value) => value + shift),
  );
}

describeOnEngines("kid", () => {
  for (const layer of ["late", "dense"] as const) {
    it(`is that of scikit-learn's kernel, of the layer ${layer}`, async () => {
      assertAlmostEquals(await distance({ layer }), expected.kid[layer], 1e-6);
    });
  }

  it("is not known of one picture", async () => {
    assertEquals(await distance({}, 1), NaN);
  });

  it("draws the same subsets each time, and others if there are more", async () => {
    const five = { subsetSize: 6, subsets: 5 };
    assertEquals(await distance(five), await distance(five));
    assertNotEquals(await distance(five), await distance({ ...five, subsets: 6 }));
  });
});

describeOnEngines("the kernel's distance", () => {
  it("is computed by hand of two and two numbers", () => {
    const [a, b] = [[1, 2], [0, 1]].map((values) => values.map((x) => Float32Array.of(x)));
    // (1·2 + 1)³ = 27; (0·1 + 1)³ = 1; across 1, 8, 1 and 27.
    assertEquals(kernelDistance(a!, b!), 27 + 1 - 2 * (1 + 8 + 1 + 27) / 4);
  });

  it("has the mean 0 where both are drawn alike, and grows with the shift between them", () => {
    const found = Array.from(
      { length: 200 },
      (_, i) => kernelDistance(vectors(`a ${i}`, 5), vectors(`b ${i}`, 5)),
    );
    const mean = found.reduce((sum, value) => sum + value) / found.length;
    // Its standard deviation over the 200 is about 0.5.
    assertAlmostEquals(mean, 0, 0.15);
    const shifted = [0.5, 1, 2].map((shift) =>
      kernelDistance(vectors("c", 50), vectors("d", 50, shift))
    );
    assertEquals(shifted, shifted.toSorted((a, b) => a - b));
  });
});
