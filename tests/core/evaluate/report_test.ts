import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { toCsv } from "../../../core/evaluate/csv.ts";
import { figuresJson } from "../../../core/base/json.ts";
import { rankPictures } from "../../../core/evaluate/panels.ts";
import {
  compareRuns,
  type EvaluationReport,
  type RunIdentity,
} from "../../../core/evaluate/report.ts";
import type { Estimate } from "../../../core/evaluate/summary.ts";
import { align, describeReport } from "../../../core/evaluate/table.ts";
import type { Better } from "../../../core/plugin.ts";

const run: RunIdentity = {
  weights: "trained",
  folder: "runs/flowers",
  experiment: "flowers",
  seed: 23,
  commit: "0123456789abcdef+",
  data: { description: "500 pairs", fingerprint: "sha256:fedcba9876543210" },
  engine: "tensorflow 2.21.0",
  size: "256x256",
  checkpoint: { name: "epoch-0100", epoch: 100, step: 40_000 },
};

const estimate = (values: readonly number[]): Estimate => ({
  values,
  mean: values[0]!,
  leftOut: 0,
  deviation: 1,
  interval: { low: 20, high: 22 },
});

function reportOf(better: Better, values: readonly number[]): EvaluationReport {
  const names = ['a "rose", red', "b", "c"].slice(0, values.length);
  const identity = estimate(values.map(() => 3));
  const difference = {
    pictures: values.length,
    mean: 0.5,
    leftOut: 0,
    interval: { low: 0.25, high: 0.75 },
    verdict: "better",
  } as const;
  return {
    format: 1,
    run,
    against: null,
    split: "test",
    data: run.data,
    names,
    namesAgainst: null,
    modes: ["paper"],
    engine: { name: "wasm", version: "4.22.0", threads: 1 },
    versions: {},
    commit: null,
    evaluated: "2026-11-23T12:00:00Z",
    intervals: "95 %",
    warnings: ["The runs differ in size"],
    metrics: [{
      name: "score",
      unit: "dB",
      better,
      of: "pictures",
      modes: { paper: { ...estimate(values), fromIdentity: difference, fromOther: null } },
      identity,
      other: null,
    }],
  };
}

describe("an evaluation's report", () => {
  it("names run, checkpoint, commit, data and engine beside every picture", () => {
    assertEquals(toCsv(reportOf("higher", [21, Infinity])).split("\r\n"), [
      "run,checkpoint,commit,data,engine,split,picture,prediction,score",
      'runs/flowers,epoch-0100,0123456789abcdef+,sha256:fedcba9876543210,wasm 4.22.0,test,"a ""rose"", red",paper,21',
      'runs/flowers,epoch-0100,0123456789abcdef+,sha256:fedcba9876543210,wasm 4.22.0,test,"a ""rose"", red",input,3',
      "runs/flowers,epoch-0100,0123456789abcdef+,sha256:fedcba9876543210,wasm 4.22.0,test,b,paper,Infinity",
      "runs/flowers,epoch-0100,0123456789abcdef+,sha256:fedcba9876543210,wasm 4.22.0,test,b,input,3",
      "",
    ]);
  });

  it("is JSON with infinities as texts", () => {
    const { metrics } = JSON.parse(figuresJson(reportOf("higher", [Infinity, 1])));
    assertEquals(metrics[0].modes.paper.values, ["Infinity", 1]);
  });

  it("ranks pictures by the direction of its first metric", () => {
    const order = (better: Better, values: number[]) =>
      rankPictures(reportOf(better, values))?.order;
    assertEquals(order("higher", [1, 3, 2]), [1, 2, 0]);
    assertEquals(order("lower", [1, 3, 2]), [0, 2, 1]);
    assertEquals(order(2, [1, 3.5, 2]), [2, 0, 1]);
    assertEquals(order("higher", [1, Infinity, Infinity]), [1, 2, 0]);
  });

  it("is a table that names all its figures stand on, and says its warnings", () => {
    const lines = describeReport(reportOf("higher", [21, 22]));
    assertEquals(
      lines[0],
      "Run: runs/flowers, epoch-0100, data fedcba987654, trained on tensorflow 2.21.0, commit 0123456789+",
    );
    assertEquals(lines[1], "2 test pictures, evaluated on wasm 4.22.0, commit unknown");
    assertMatch(lines[5]!, /score \(dB\) ↑ +21\.00 +1\.00 +\[20\.00, 22\.00\] +3\.00 +\+0\.50✓/);
    assertMatch(lines.at(-1)!, /^Warning: The runs differ in size/);
  });

  it("counts what means leave out, by mode", () => {
    const report = reportOf("higher", [21, Infinity]);
    const [metric] = report.metrics;
    const paper = { ...metric!.modes.paper!, leftOut: 1 };
    const metrics = [{
      ...metric!,
      modes: { paper: { ...paper, fromIdentity: { ...paper.fromIdentity!, leftOut: 2 } } },
    }];
    assertEquals(
      describeReport({ ...report, metrics })[6],
      "  Infinite or undefined, and left out: score of 1 prediction, 2 differences from the input",
    );
  });

  it("stands in columns, however its words are written", () => {
    assertEquals(align([["a", "1"], ["röse", "10.5"]]), ["  a        1", "  röse  10.5"]);
  });
});

describe("comparing runs", () => {
  it("warns of nothing where they differ in nothing that matters", () => {
    assertEquals(compareRuns(run, { ...run, folder: "runs/other", seed: 24 }, 100), []);
  });

  it("warns of other data, engines and sizes", () => {
    const other = {
      ...run,
      engine: "wasm 4.22.0",
      size: "64x64",
      data: { description: "120 pairs", fingerprint: "sha256:0011223344556677" },
    };
    const warnings = compareRuns(run, other, 7);
    assertEquals(warnings.length, 3);
    assertMatch(warnings[0]!, /data: 500 pairs, fedcba987654 and 120 pairs, 001122334455.*7 pict/);
    assertMatch(warnings[1]!, /size: 256x256 and 64x64/);
    assertMatch(warnings[2]!, /engine: tensorflow 2.21.0 and wasm 4.22.0/);
  });
});
