import * as tf from "@tensorflow/tfjs";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { before, describe, it } from "@std/testing/bdd";
import { chooseMetrics, suitableMetrics } from "../../../core/evaluate/choose_metrics.ts";
import { PairlabError } from "../../../core/plugin.ts";
import { labHistogramIntersection } from "../../../plugins/metrics/lab_histogram_intersection.ts";
import { mae } from "../../../plugins/metrics/mae.ts";
import { multiScaleSsimIndex } from "../../../plugins/metrics/multi_scale_ssim.ts";
import { psnr } from "../../../plugins/metrics/psnr.ts";
import { ssimIndex } from "../../../plugins/metrics/ssim.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const offered = [psnr(), ssimIndex(), mae()];

async function namesOf(words: string[]): Promise<string[]> {
  return (await chooseMetrics(words, offered)).map(({ name }) => name);
}

const METRIC = '{ name: "mine", better: "higher", measure: () => {} }';

describe("metrics", () => {
  before(() => tf.setBackend("cpu"));

  it("are found by their names, in the order in which they are asked for", async () => {
    assertEquals(await namesOf(["mae", "psnr"]), ["mae", "psnr"]);
  });

  it("come out of modules: one, a list, or a function that gives them", () =>
    inTemporaryFolder(async (folder) => {
      const forms = [METRIC, `[${METRIC}]`, `async () => [${METRIC}]`, `() => (${METRIC})`];
      for (const [index, form] of forms.entries()) {
        const path = join(folder, `my metrics ${index}.js`);
        await Deno.writeTextFile(path, `export default ${form};\n`);
        assertEquals(await namesOf([path, "mae"]), ["mine", "mae"], form);
      }
    }));

  it("are refused by the nearest name, and a module by what it exports", () =>
    inTemporaryFolder(async (folder) => {
      await assertRejects(() => namesOf(["psmr"]), PairlabError, '"psnr"');
      const empty = join(folder, "empty.js"), other = join(folder, "other.js");
      await Deno.writeTextFile(empty, "export const metric = 1;\n");
      await Deno.writeTextFile(other, 'export default [{ name: "mine" }];\n');
      await assertRejects(() => namesOf([empty]), PairlabError, "default export is missing");
      await assertRejects(() => namesOf([other]), PairlabError, "something else");
      const nowhere = join(folder, "nowhere.js");
      await assertRejects(() => namesOf([nowhere]), PairlabError, "Cannot load the metrics");
    }));

  it("that do not suit the pictures are left out, with the reason", async () => {
    const all = [...offered, labHistogramIntersection({ channel: "a" }), multiScaleSsimIndex()];
    const grey = await suitableMetrics(all, { height: 16, width: 16, channels: 1 });
    assertEquals(grey.metrics.map(({ name }) => name), ["psnr", "ssim", "mae", "ms-ssim"]);
    assertMatch(grey.reasons.join(), /lab-a is left out.*RGB/);
    const tiny = await suitableMetrics(all, { height: 8, width: 8, channels: 3 });
    assertEquals(tiny.metrics.map(({ name }) => name), ["psnr", "mae", "lab-a"]);
    assertEquals(tiny.reasons.length, 2);
  });
});
