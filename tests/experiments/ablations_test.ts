import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { findMatrix, listMatrices, loadMatrix } from "../../core/ablate/matrix.ts";
import { labelOf, variantExperiment } from "../../core/ablate/variant.ts";
import { checkExperiment, type Findings } from "../../core/experiment/check.ts";
import type { Wiring } from "../../core/plugin.ts";
import { filters } from "../../experiments/ablations/base/flowers.ts";

/** A variant as it would be trained, and what its check finds. */
interface Checked {
  readonly label: string;
  readonly wiring: Wiring;
  readonly findings: Findings;
}

/** Every variant of a matrix at a scale, checked as it is before a training. */
async function checkAll(name: string, scale: string): Promise<Map<string, Checked>> {
  const matrix = await loadMatrix(await findMatrix(name));
  const checked = new Map<string, Checked>();
  for (const variant of matrix.variants.keys()) {
    const { defaults, wire } = variantExperiment(matrix, { variant, scale });
    const wiring = wire(defaults);
    const image = {
      height: Number(defaults["size"]),
      width: Number(defaults["size"]),
      channels: 3,
    };
    const findings = checkExperiment(wiring, { input: image, target: image });
    checked.set(variant, { label: labelOf(matrix, variant, defaults), wiring, findings });
  }
  return checked;
}

describe("the matrices that come with Pairlab", () => {
  it("are the paper's three and one of newer generators, each at scales at which every variant fits", async () => {
    const names = await listMatrices();
    assertEquals(names, ["architectures", "generators", "losses", "patches"]);
    for (const name of names) {
      const { scales } = await loadMatrix(await findMatrix(name));
      assertEquals([...scales.keys()], ["quick", "night", "paper"]);
      for (const scale of scales.keys()) assert((await checkAll(name, scale)).size >= 4);
    }
  });

  it("have the losses of the paper's Table 1", async () => {
    const losses = await checkAll("losses", "paper");
    const terms = [...losses].map((
      [name, { wiring }],
    ) => [name, Object.keys(wiring.losses).sort()]);
    assertEquals(terms, [
      ["L1", ["l1"]],
      ["GAN", ["gan"]],
      ["cGAN", ["gan"]],
      ["L1+GAN", ["gan", "l1"]],
      ["L1+cGAN", ["gan", "l1"]],
    ]);
    // D of the unconditional ones sees 3 channels instead of 6: 4x4x3x64 weights fewer.
    const parameters = (name: string) => losses.get(name)?.findings.discriminatorParameters ?? NaN;
    assertEquals(parameters("L1"), 0);
    assertEquals(parameters("cGAN") - parameters("GAN"), 4 * 4 * 3 * 64);
    assertEquals(parameters("L1+cGAN") - parameters("L1+GAN"), 4 * 4 * 3 * 64);
    assertEquals(losses.get("cGAN")?.findings.receptiveField, 70);
  });

  it("have the generators of the paper's Table 2", async () => {
    const generators = await checkAll("generators", "paper");
    assertEquals([...generators.keys()], [
      "Encoder-decoder (L1)",
      "Encoder-decoder (L1+cGAN)",
      "U-Net (L1)",
      "U-Net (L1+cGAN)",
    ]);
    // With skips, each block of the decoder but the innermost is given twice the channels.
    const parameters = (name: string) => generators.get(name)?.findings.generatorParameters ?? NaN;
    assert(parameters("U-Net (L1)") > parameters("Encoder-decoder (L1)"));
    assertEquals(parameters("U-Net (L1)"), parameters("U-Net (L1+cGAN)"));
  });

  it("have the receptive fields of the paper's Table 3, and their shares at the quick scale", async () => {
    const fields = async (scale: string) =>
      [...await checkAll("patches", scale)].map(([, { label, findings }]) => [
        label,
        findings.receptiveField,
      ]);
    assertEquals(await fields("paper"), [
      ["1x1", 1],
      ["16x16", 16],
      ["70x70", 70],
      ["286x286 (whole picture)", 286],
    ]);
    assertEquals(await fields("quick"), [
      ["1x1", 1],
      ["16x16", 16],
      ["34x34", 34],
      ["70x70 (whole picture)", 70],
    ]);
  });

  it("halve pictures down to one pixel", () => {
    assertEquals(filters({ size: 256, width: 64 }), [64, 128, 256, 512, 512, 512, 512, 512]);
    assertEquals(filters({ size: 64, width: 16 }), [16, 32, 64, 128, 128, 128]);
  });
});
