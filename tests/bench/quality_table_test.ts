import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { QualityResult } from "./quality_file.ts";
import { describeQuality } from "./quality_table.ts";

const scores = (psnr: number) => ({ psnr, ssim: 0.8, "gradient-similarity": 0.9 });

function resultOf(psnrs: readonly (readonly [ours: number, theirs: number])[]): QualityResult {
  return {
    settings: {
      ...{ dataset: "flowers", train: 400, test: 100, size: 64, width: 0.5, epochs: 20, every: 20 },
    },
    input: scores(21),
    seeds: psnrs.map(([pairlab, pytorch], index) => ({
      seed: index + 1,
      seconds: { pairlab: 100, pytorch: 200 },
      epochs: [{ epoch: 20, pairlab: scores(pairlab), pytorch: scores(pytorch) }],
    })),
  };
}

describe("the table of quality", () => {
  it("has means with 95 % intervals over seeds, beside the input", () => {
    // The standard deviation of 24, 25 and 26 is 1; t(0.975, 2) = 4.3027, / √3 = 2.48.
    const lines = describeQuality(resultOf([[24, 24.1], [25, 25.1], [26, 26.1]]));
    assertEquals(lines.find((line) => line.startsWith("the input"))?.split(/\s{2,}/)[1], "21.00");
    const cells = lines.find((line) => line.startsWith("20 "))?.split(/\s{2,}/);
    assertEquals(cells?.slice(1, 4), ["25.00 ± 2.48", "25.10 ± 2.48", "0.8000 ± 0.0000"]);
  });

  it("calls both equivalent only if the interval of their difference lies within the margin", () => {
    const conclusion = (psnrs: Parameters<typeof resultOf>[0]): string | undefined =>
      describeQuality(resultOf(psnrs)).find((line) => line.startsWith("psnr:"));
    assertEquals(
      conclusion([[24, 24.1], [25, 25.1], [26, 26.1]]),
      "psnr: ours - PyTorch's -0.1000, 90 % interval -0.1000 to -0.1000: equivalent within 0.25",
    );
    assertEquals(
      conclusion([[24, 24.1], [25, 24.9], [26, 26.4]]),
      "psnr: ours - PyTorch's -0.1333, 90 % interval -0.5576 to 0.2909: " +
        "not shown to be equivalent within 0.25",
    );
  });
});
