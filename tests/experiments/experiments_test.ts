import { assert, assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { startWasm } from "../../core/backends/wasm/backend.ts";
import { listExperiments, loadExperiment, planExperiment } from "../../core/experiment/plan.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";
import { beginSmall, EXPECTED } from "./small.ts";

describe("the experiments that come with Pairlab", () => {
  let engine: { close(): void } | undefined;
  before(async () => {
    engine = await startWasm();
  });
  after(() => engine?.close());

  it("are these", async () => assertEquals(await listExperiments(), Object.keys(EXPECTED)));

  it("facades fits pictures from 64x64 to 512x512, square or not", async () => {
    const facades = await loadExperiment("facades");
    const sizes = [["64", "1"], ["64", "8"], ["96", "2"], ["128", "1.5"], ["512", "0.5"]];
    const shapes = [[64, 64], [512, 64], [192, 96], [192, 128], [256, 512]];
    for (const [i, [size = "", aspect = ""]] of [...sizes, ["512", "1"]].entries()) {
      const { shape: { input, target } } = planExperiment(facades, { size, aspect });
      assertEquals([target.width, target.height], shapes[i] ?? [512, 512]);
      assertEquals(input, target);
    }
  });

  for (const [name, expected] of Object.entries(EXPECTED)) {
    it(`${name} has the networks that its comments say, at its own size`, async () => {
      const { findings, shape } = planExperiment(await loadExperiment(name), {});
      const { size = 256 } = expected;
      assertEquals([shape.target.height, shape.target.width], [size, size]);
      assertEquals(Math.round(findings.generatorParameters / 1e4) / 100, expected.generator);
      assertEquals(findings.receptiveField, expected.field);
    });

    it(`${name} takes a step with its own data, losses and optimizer, and predicts`, () =>
      inTemporaryFolder(async (root) => {
        const { training, description } = await beginSmall(name, root);
        assert(!description.includes("synthetic"), description);
        for await (const pairs of training.batches()) {
          const report = await training.step(pairs);
          assert(Object.values(report?.losses ?? { none: NaN }).every(Number.isFinite));
          break;
        }
        const { input, target } = await training.run.testPair(0);
        const { width, height, channels } = await training.run.predict(input);
        assertEquals([width, height, channels], [target.width, target.height, 3]);
        assertEquals([width, height], expected.smallSize ?? [64, 64]);
      }));
  }
});
