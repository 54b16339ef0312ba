import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type DataResult, describeData } from "./data.ts";
import { describeMachine, type Machine, thisMachine } from "./machine.ts";
import { benchPeers, describePeers, halvingsOf, type PeerResult } from "./peers.ts";
import { PairlabError } from "../../core/base/errors.ts";
import { describeScale, type ScalePoint } from "./scale.ts";

const machine: Machine = { cpu: "Processor", vectors: "AVX-512", cores: 2, memory: 24 * 2 ** 30 };

describe("the machine", () => {
  it("is named with its vectors, cores and memory", () => {
    assertEquals(describeMachine(machine), "Processor (AVX-512), 2 cores, 24 GiB");
    const other: Machine = { ...machine, cores: 1, vectors: "other" };
    assertEquals(describeMachine(other), "Processor, 1 core, 24 GiB");
  });

  it("is this one", () => {
    const { cpu, cores, memory } = thisMachine();
    assertEquals(cpu.length > 0 && cores >= 1 && memory > 2 ** 28, true);
  });
});

describe("the peers' table", () => {
  const ours: PeerResult = {
    name: "Pairlab",
    version: "2.21.0",
    threads: 2,
    order: "alternate",
    size: 256,
    batch: 1,
    steps: 15,
    median_ms: 600,
    min_ms: 590,
    ratio: 1,
    gflops: 144.9,
    peak_bytes: 2 ** 30,
    machine,
  };

  it("gives the ratio of ours and theirs, each order by itself, and what failed with its words", () => {
    const theirs = { ...ours, name: "PyTorch", version: "2.15.0", median_ms: 1000, ratio: 0.6 };
    const slower = { ...theirs, name: "PyTorch, slower", median_ms: 1200, ratio: 0.5 };
    const failed = {
      name: "Keras",
      order: "simultaneous" as const,
      failed: "Cannot measure Keras",
    };
    const [, ...lines] = describePeers([ours, slower, theirs, failed]);
    const text = lines.join("\n");
    assertEquals(/^Pairlab \(2.21.0\) +600.0 +590.0 +144.9 +1024$/m.test(text), true, text);
    assertEquals(/^PyTorch \(2.15.0\) +1000.0 .* 0.60$/m.test(text), true, text);
    assertStringIncludes(text, "Beside the fastest peer, PyTorch: 0.60");
    assertStringIncludes(text, "both from one forward pass");
    assertStringIncludes(text, "Cannot measure Keras");
  });

  it("is not made of networks that are not the paper's", async () => {
    const options = { python: "", size: 250, batch: 1, steps: 1, backend: "auto" as const };
    await assertRejects(() => benchPeers(options), PairlabError, "Use a multiple of 256");
  });

  it("knows how often a picture can be halved", () => {
    assertEquals([64, 128, 256, 512, 384].map(halvingsOf), [6, 7, 8, 8, 7]);
  });
});

describe("the scale's table", () => {
  const point: ScalePoint = {
    series: "size",
    batch: 1,
    size: 512,
    width: 1,
    steps: 6,
    ms_per_image: 3000,
    gflop_per_image: 348,
    gflops: 116,
    peak_bytes: 2 ** 30,
    of_linear: 1.2,
    machine,
  };

  it("marks what departs from linear by more than a tenth, and what failed", () => {
    const lines = describeScale([
      point,
      { ...point, series: "batch", batch: 4, of_linear: 1.09 },
      { ...point, series: "width", width: 0.5, of_linear: 0.8 },
      { series: "size", batch: 1, size: 1024, width: 1, failed: "Cannot measure it: no memory" },
    ]);
    const line = (start: string): string => lines.find((line) => line.startsWith(start)) ?? "";
    assertEquals(line("size 512x512").endsWith("1.20  slower"), true, line("size 512x512"));
    assertEquals(line("batch 4").endsWith("1.09"), true);
    assertEquals(line("width 0.5").endsWith("faster"), true);
    assertEquals(line("size 1024x1024").endsWith("failed"), true);
    assertEquals(lines.at(-1), "Cannot measure it: no memory");
  });
});

describe("the data's table", () => {
  it("says what loading adds to a step", () => {
    const result: DataResult = {
      experiment: "flowers_deblur",
      data: "500 pairs",
      size: 256,
      batch: 1,
      engine: "tensorflow 2.21.0",
      compile: "on",
      stages: { load: 8, augment: 3.4, fit: 0, tensor: 0.9 },
      images_per_second_decoding: 200,
      images_per_second_kept: 500,
      step_ms: 600,
      step_beside_ms: 605,
      wait_ms: 1,
      longest_wait_ms: 20,
      share: 0.01,
      machine,
    };
    const text = describeData([result]).join("\n");
    assertEquals(/^what loading adds to a step +1.0 %$/m.test(text), true, text);
    assertEquals(/^augment it +3.4 ms$/m.test(text), true, text);
  });
});
