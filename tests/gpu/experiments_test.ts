/**
 * `check.sh` runs this test: on software Vulkan it takes minutes.
 *
 *     PAIRLAB_TEST_WEBGPU=1 deno test -A tests/gpu/experiments_test.ts
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { startWasm } from "../../core/backends/wasm/backend.ts";
import { startWebgpu } from "../../core/backends/webgpu/backend.ts";
import { beginSmall, EXPECTED } from "../experiments/small.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";
import { skip } from "../core/backends/webgpu/adapter.ts";

type Losses = Readonly<Record<string, number>>;

/** The losses of the first two steps of an experiment made small. */
async function twoSteps(name: string, start: () => Promise<Disposable>): Promise<Losses[]> {
  using _engine = await start();
  const losses: Losses[] = [];
  await inTemporaryFolder(async (folder) => {
    const { training } = await beginSmall(name, folder);
    for await (const pairs of training.batches()) {
      const report = await training.step(pairs);
      losses.push(report!.losses);
      if (losses.length === 2) break;
    }
  });
  return losses;
}

const disposable = (start: () => Promise<{ close(): void }>) => async (): Promise<Disposable> => {
  const { close } = await start();
  return { [Symbol.dispose]: close };
};

/**
 * How far losses may be apart, as a share of 1 or of the loss: before the first update, and after it,
 * where Adam has made steps of the rate of gradients that are nothing but rounding.
 */
const ALLOWED = [2e-5, 2e-3];

describe("every experiment on webgpu", { skip }, () => {
  for (const name of Object.keys(EXPECTED)) {
    it(`${name} has the losses that the CPU finds, before and after an update`, async () => {
      const expected = await twoSteps(name, disposable(startWasm));
      const actual = await twoSteps(name, disposable(startWebgpu));
      expected.forEach((losses, step) => {
        assertEquals(Object.keys(actual[step]!), Object.keys(losses));
        for (const [loss, value] of Object.entries(losses)) {
          const off = Math.abs(actual[step]![loss]! - value) / Math.max(1, Math.abs(value));
          assert(off <= ALLOWED[step]!, `step ${step + 1}: ${loss} is off by ${off}`);
        }
      });
    });
  }
});
