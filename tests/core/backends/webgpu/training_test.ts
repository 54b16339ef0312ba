import * as tf from "@tensorflow/tfjs";
import type { BackendValues } from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { startEngine } from "../../../../core/backends/engine.ts";
import { startWebgpu } from "../../../../core/backends/webgpu/backend.ts";
import { DeviceLostError } from "../../../../core/backends/engine_error.ts";
import { startWasm } from "../../../../core/backends/wasm/backend.ts";
import { buildNetworks, trainableVariables } from "../../../../core/model/networks.ts";
import { optimizersOf, startOptimizers } from "../../../../core/model/optimizers.ts";
import { loadExperiment, planExperiment } from "../../../../core/experiment/plan.ts";
import { trainOn } from "../../../../core/train/batch.ts";
import { createStep } from "../../../../core/train/step.ts";
import { rehearse, type Rehearsed } from "../../../conformance/rehearsal.ts";
import { assertSame } from "../../../conformance/same.ts";
import { assertClose } from "../ops_suite.ts";
import { skip } from "./adapter.ts";

const quickstart = await loadExperiment("quickstart");
const plan = () => planExperiment(quickstart, { size: "32", count: "4", width: "8" });

/** Some steps; what is read of each, and the weights of G at the end. */
async function trainSteps(
  steps: number,
  observe: () => void = () => {},
): Promise<{ losses: Record<string, number>[]; weights: Float32Array[] }> {
  const { wiring, shape, parameters: { seed } } = plan();
  const { train } = await wiring.data.open();
  const networks = buildNetworks(wiring, shape, seed);
  const updates = startOptimizers(networks, optimizersOf(wiring));
  const step = createStep({ networks, losses: wiring.losses, updates, order: "alternate" });
  const losses: Record<string, number>[] = [];
  for (let index = 1; index <= steps; index++) {
    const pairs = [await train.load(index % train.names.length)];
    const settings = { step: index, rates: { generator: 2e-4, discriminator: 2e-4 } };
    losses.push(await trainOn(pairs, settings, (...all) => Promise.resolve(step(...all))));
    observe();
  }
  const values: BackendValues[] = await Promise.all(
    trainableVariables(networks.generator).map((variable) => variable.data()),
  );
  return { losses, weights: values as Float32Array[] };
}

describe("a training on webgpu", { skip }, () => {
  let engine: { close(): void } | undefined;
  afterEach(() => {
    engine?.close();
    engine = undefined;
  });

  it("takes the steps that other engines take, until rounding grows", async () => {
    engine = await startWasm();
    const expected = await trainSteps(2);
    engine.close();
    engine = await startWebgpu();
    const actual = await trainSteps(2);
    expected.losses.forEach((losses, index) => {
      for (const [name, value] of Object.entries(losses)) {
        const off = Math.abs(actual.losses[index]![name]! - value) / value;
        assert(off < 1e-5, `step ${index + 1}: ${name} is off by ${off}`);
      }
    });
    // Adam makes steps of the rate, 2e-4, of gradients that are nothing but rounding.
    expected.weights.forEach((values, i) =>
      assertClose(actual.weights[i]!, values, 8e-4, `weight ${i}`)
    );
  });

  it("keeps no tensor and no buffer from step to step", async () => {
    engine = await startWebgpu();
    const { bufferManager } = tf.backend() as unknown as {
      bufferManager: Record<"numUsedBuffers" | "numFreeBuffers" | "numBytesAllocated", number>;
    };
    const counts: object[] = [];
    await trainSteps(200, () => {
      const { numUsedBuffers: used, numFreeBuffers: free, numBytesAllocated } = bufferManager;
      counts.push({ tensors: tf.memory().numTensors, buffers: used + free, numBytesAllocated });
    });
    // The first step makes the buffers, the second those that the first one still holds.
    for (const [index, count] of counts.slice(2).entries()) {
      assertEquals(count, counts[1], `step ${index + 3}`);
    }
  });

  it("goes on after an interruption to the bit", async () => {
    engine = await startWebgpu();
    const { wiring: { data }, shape } = plan();
    const { train, test } = await data.open();
    const make = (): Rehearsed => {
      const { wiring } = plan();
      const parts = { experiment: "quickstart", shape, train, test, epochs: 1, batch: 1, seed: 23 };
      return { ...parts, wiring: { ...wiring, callbacks: [] } };
    };
    assertSame(await rehearse(make, [1, 2]), await rehearse(make), "a resumed training is another");
  });

  it("says that the device is lost, and what to do", async () => {
    engine = await startWebgpu();
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    const x = tf.square(tf.tensor1d([1, 2, 3]));
    device.destroy();
    await assertRejects(() => x.data(), DeviceLostError, "the GPU's device was lost");
  });

  it("names the adapter, and that it is software where it is", async () => {
    const started = engine = await startEngine("webgpu");
    const software = /llvmpipe|swiftshader/i.test(started.device ?? "");
    assertEquals(started.reason.includes("software"), software, started.reason);
    if (software) return;
    assert(started.device !== undefined);
  });
});
