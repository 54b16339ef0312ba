import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../core/base/errors.ts";
import { exists } from "../../core/base/files.ts";
import { skip } from "../core/backends/tensorflow/installed.ts";
import { TINY } from "../core/commands/process.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";
import type { TraceEvent, TraceFile } from "./recorder.ts";
import { describeTrace, type TraceOptions, type TraceResult, traceSteps } from "./trace.ts";

const OPTIONS: Omit<TraceOptions, "file"> = {
  experiment: TINY,
  steps: 2,
  backend: "wasm",
  compile: "on",
  threads: 1,
};

async function eventsOf(file: string): Promise<TraceEvent[]> {
  const { traceEvents }: TraceFile = JSON.parse(await Deno.readTextFile(file));
  return traceEvents.filter((event): event is TraceEvent => event.ph === "X");
}

/** Whether one event lies within another. */
function within(inner: TraceEvent, outer: TraceEvent): boolean {
  return outer.ts <= inner.ts && inner.ts + inner.dur <= outer.ts + outer.dur;
}

/** Whether two events share no time. */
function apart(a: TraceEvent, b: TraceEvent): boolean {
  return a.ts + a.dur <= b.ts || b.ts + b.dur <= a.ts;
}

describe("bench step --trace", () => {
  it("writes complete events, which lie within one another or apart on each thread", () =>
    inTemporaryFolder(async (folder) => {
      const file = join(folder, "trace.json");
      await traceSteps({ ...OPTIONS, file });
      const events = await eventsOf(file);
      for (const event of events) {
        assert(Number.isInteger(event.ts) && event.ts >= 0, JSON.stringify(event));
        assert(Number.isInteger(event.dur) && event.dur >= 0, JSON.stringify(event));
      }
      const strays = events.flatMap((a, i) =>
        events.slice(i + 1)
          .filter((b) => a.tid === b.tid && !apart(a, b) && !within(b, a) && !within(a, b))
          .map((b) => [a, b])
      );
      assertEquals(strays, []);
    }));

  it("has each step's parts in order, and the engine's operations within them", () =>
    inTemporaryFolder(async (folder) => {
      const file = join(folder, "trace.json");
      const { costs, compile, step_ms } = await traceSteps({ ...OPTIONS, file });
      assertEquals(compile, "off");
      const training = (await eventsOf(file)).filter(({ tid }) => tid === 0);
      const steps = training.filter(({ name }) => name === "training step");
      assertEquals(steps.map(({ args }) => args?.["step"]), [4, 5]);
      const parts = training.filter(({ cat }) => cat === "step" || cat === "loading");
      const names = ["wait for the batch", "make tensors", "step", "read losses"];
      assertEquals(
        steps.map((step) => parts.filter((part) => within(part, step)).map(({ name }) => name)),
        [names, names],
      );
      const operations = training.filter(({ cat }) => cat === "operation");
      assert(operations.every((one) => parts.some((part) => within(one, part))));
      // G's three halvings and D's three convolutions at the least, each of one input and one filter.
      const convolutions = operations.filter(({ name }) => /Conv2D$/.test(name));
      assert(convolutions.length >= 2 * 6, String(convolutions.length));
      assert(
        convolutions.some(({ args }) => JSON.stringify(args?.["inputs"]).includes("1x32x32x")),
      );
      // Costs are times without what lies within, so they add up to all steps.
      const spent = steps.reduce((sum, { dur }) => sum + dur, 0);
      const sum = costs.reduce((sum, { milliseconds }) => sum + 1000 * milliseconds, 0);
      assertEquals(Math.round(sum), spent);
      assert(spent <= 2000 * step_ms + 1);
    }));

  it("has a compiled step as one event", { skip }, () =>
    inTemporaryFolder(async (folder) => {
      const file = join(folder, "trace.json");
      const { compile } = await traceSteps({ ...OPTIONS, backend: "tensorflow", file });
      assertEquals(compile, "on");
      const events = await eventsOf(file);
      const steps = events.filter(({ cat }) => cat === "step").map(({ name }) => name);
      const parts = ["make tensors", "compiled step", "read losses"];
      assertEquals(steps, [...parts, ...parts]);
      assertEquals(events.filter(({ name }) => /Conv2D/.test(name)), []);
    }));

  it("leaves the engine's kernels as they were", () =>
    inTemporaryFolder(async (folder) => {
      const kernels = (): unknown[] =>
        tf.getKernelsForBackend("wasm").map(({ kernelFunc }) => kernelFunc);
      await traceSteps({ ...OPTIONS, file: join(folder, "first.json") });
      const before = kernels();
      await traceSteps({ ...OPTIONS, file: join(folder, "second.json") });
      assert(before.length > 50 && kernels().every((kernel, i) => kernel === before[i]));
    }));

  it("prints the ten costliest, the costliest first", () => {
    const cost = (name: string, calls: number, milliseconds: number) => ({
      name,
      calls,
      milliseconds,
    });
    const result: TraceResult = {
      trace: "steps.json",
      experiment: "tiny",
      engine: "wasm 4.22.0",
      compile: "off",
      size: 32,
      batch: 1,
      steps: 4,
      step_ms: 25,
      costs: [
        cost("Conv2D", 24, 50),
        cost("step", 4, 30),
        ...["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => cost(name, 4, 2)),
        cost("cheapest", 4, 4),
      ],
      machine: { cpu: "a processor", vectors: "other", cores: 2, memory: 2 ** 30 },
    };
    const [, about, , heading, first, second, ...rest] = describeTrace([result]);
    assertEquals(about, "tiny: 32x32, batch 1; wasm 4.22.0, compile off; 25.0 ms a step, 4 steps");
    assertEquals(heading, "without what runs within it  calls a step  ms a step     %");
    assertEquals(first, "Conv2D                                  6      12.50  50.0");
    assertEquals(second, "step                                    1       7.50  30.0");
    // Eight more rows, an empty line, and where the trace is seen.
    assertEquals(rest.length, 8 + 3);
    assertEquals(describeTrace([]), []);
  });

  it("rejects paths that it cannot create, before it computes, and overwrites nothing", () =>
    inTemporaryFolder(async (folder) => {
      const taken = join(folder, "taken.json");
      await Deno.writeTextFile(taken, "mine");
      const bad: [string, string][] = [
        [taken, "it exists. Remove it or name another file."],
        [folder, "it exists. Remove it or name another file."],
        [join(folder, "missing", "t.json"), "its folder does not exist. Create the folder first."],
        [join(taken, "t.json"), "Name a file that can be created."],
      ];
      for (const [file, reason] of bad) {
        // Were it to load the experiment first, it would say that there is none.
        const options = { ...OPTIONS, experiment: "no-such-experiment", file };
        const error = await assertRejects(() => traceSteps(options), PairlabError, reason);
        assert(error.message.startsWith(`Cannot write the trace "${file}": `), error.message);
      }
      assertEquals(await Deno.readTextFile(taken), "mine");
    }));

  it("leaves no file behind when the training cannot be set up", () =>
    inTemporaryFolder(async (folder) => {
      const file = join(folder, "trace.json");
      await assertRejects(
        () => traceSteps({ ...OPTIONS, experiment: "no-such-experiment", file }),
        PairlabError,
        "no-such-experiment",
      );
      assertEquals(await exists(file), false);
    }));
});
