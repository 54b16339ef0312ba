import { STANDARD } from "../../../core/experiment/parameters.ts";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { addSegment, lastSegment } from "../../../core/runs/history.ts";
import type { RunRecord, SourceRecord } from "../../../core/runs/run_folder.ts";
import { lastExperiment } from "../../../core/runs/history.ts";
import { tinyShape } from "../train/tiny.ts";

const inner = { module: "./inner.ts", source: "1", sha256: "1" };
const written = { module: "tiny.ts", source: "a", sha256: "a", imports: [inner] };
const record: RunRecord = {
  format: 1,
  experiment: { name: "tiny", ...written },
  parameters: { ...STANDARD, epochs: 1 },
  limit: null,
  seed: 23,
  shape: tinyShape,
  data: { description: "noise", fingerprint: "noise" },
  predictions: [{ callback: "samples", mode: "paper", weights: "trained" }],
  engine: { name: "cpu", version: "4.22.0", threads: 1, compile: "off", machine: "a machine" },
  repeats: "bit for bit",
  notFinite: "stop",
  versions: { pairlab: "0.1.0" },
  commit: null,
  started: "2026-11-23T17:30:00.000Z",
};

/** The record after the run went on with an experiment. */
function goOn(before: RunRecord, experiment?: SourceRecord): RunRecord {
  return addSegment(before, { ...lastSegment(before), step: 7, experiment }) ?? before;
}

describe("the experiment of a run", () => {
  it("is noted where the run goes on with another text, of its own or of an import", () => {
    for (const changed of [{ sha256: "b" }, { imports: [{ ...inner, sha256: "2" }] }]) {
      const now = { ...written, ...changed, predictions: [] };
      const after = goOn(record, now);
      assertEquals(lastExperiment(after), now);
      assertEquals(after.experiment, record.experiment);
      // Going on with the same again is no change.
      assertEquals(goOn(after, now), after);
      assertEquals(lastExperiment(goOn(after)), now);
    }
  });

  it("is not noted again where it is what it was, wherever it lies", () => {
    const { predictions } = record;
    assertEquals(goOn(record), record);
    assertEquals(goOn(record, { ...written, module: "moved/tiny.ts", predictions }), record);
  });
});
