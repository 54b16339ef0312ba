import { assertAlmostEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { mae } from "../../../plugins/metrics/mae.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertMeasures, measured, plain } from "./pictures.ts";

describeOnEngines("mae", () => {
  it("is NumPy's", () => assertMeasures(mae()));

  it("does not wrap around where 8 bits would", async () => {
    assertAlmostEquals(await measured(mae(), plain(5), plain(250)), 245, 1e-3);
    assertAlmostEquals(await measured(mae(), plain(250), plain(5)), 245, 1e-3);
  });

  it("takes a float for the level that a file would hold", async () => {
    const float = { ...plain(0), data: new Float32Array(16 * 16 * 3).fill(100.4) };
    assertAlmostEquals(await measured(mae(), plain(90), float), 10, 1e-4);
    const beyond = { ...float, data: new Float32Array(16 * 16 * 3).fill(300) };
    assertAlmostEquals(await measured(mae(), plain(255), beyond), 0, 1e-4);
  });
});
