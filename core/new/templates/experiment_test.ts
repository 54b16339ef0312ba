import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { conformance } from "../../../tests/conformance/mod.ts";
import myExperiment from "./experiment.ts";

// Small enough for a CPU without an engine.
conformance.experiment("myExperiment", myExperiment, {
  parameters: { size: 32, width: 2, count: 5 },
});

describe("myExperiment", () => {
  it("has the paper's weight of L1, and small pictures", () => {
    const { lambda, size } = myExperiment.defaults;
    assertEquals([lambda, size], [100, 64]);
  });
});
