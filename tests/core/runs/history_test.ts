import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { differences } from "../../../core/runs/history.ts";
import type { EngineRecord } from "../../../core/runs/run_folder.ts";

describe("what a run's numbers depend on", () => {
  const before: EngineRecord = {
    name: "tensorflow",
    version: "2.21.0",
    threads: 2,
    compile: "on",
    machine: "a machine",
  };

  it("is how convolutions are computed: directly in a run that does not say it", () => {
    assertEquals(differences(before, { ...before, exact: true }), []);
    const words = "convolutions direct, now by tiles";
    assertEquals(differences(before, { ...before, exact: false }), [words]);
    assertEquals(differences({ ...before, exact: false }, { ...before, exact: false }), []);
  });

  it("is another engine, whatever its convolutions are", () => {
    const now: EngineRecord = { ...before, name: "wasm", version: "4.22.0", exact: true };
    assertEquals(differences({ ...before, exact: false }, now), [
      "engine tensorflow, now wasm",
      "version 2.21.0, now 4.22.0",
    ]);
  });
});
