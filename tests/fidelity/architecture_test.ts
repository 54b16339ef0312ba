import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { withShapesOnly } from "../../core/backends/shapes.ts";
import { countParameters } from "../../core/model/networks.ts";
import { receptiveField } from "../../core/model/receptive_field.ts";
import { patchGan } from "../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../plugins/generators/unet.ts";

const picture = { height: 256, width: 256, channels: 3 };
const shape = { input: picture, target: picture };

describe("the paper's networks at 256x256", () => {
  it("G has PyTorch's 54,413,955 parameters and the biases that its code lacks", () =>
    withShapesOnly(() => {
      // pytorch-CycleGAN-and-pix2pix gives the first and the innermost convolution no bias.
      assertEquals(countParameters(unet()(shape, 1)), 54_413_955 + 64 + 512);
    }));

  it("G with the innermost norm has the Keras tutorial's 54,414,979 and the first bias", () =>
    withShapesOnly(() => {
      const generator = unet({ innermostNorm: true })(shape, 1);
      assertEquals(countParameters(generator), 54_414_979 + 64);
    }));

  it("D has PyTorch's 2,768,705 parameters", () =>
    withShapesOnly(() => {
      assertEquals(countParameters(patchGan()(shape, 1)), 2_768_705);
    }));

  it("D of any field has the parameters that counting its convolutions gives", () =>
    withShapesOnly(() => {
      const count = (receptiveField: number): number =>
        countParameters(patchGan({ receptiveField })(shape, 1));
      // A kernel for each pair of channels; the first and the last with a bias, the others with a norm.
      const first = 6 * 64 * 16 + 64;
      const block = (from: number, to: number): number => from * to * 16 + 2 * to;
      const last = (from: number): number => from * 16 + 1;
      // The appendix's lists: 6.1.2.
      assertEquals(count(1), (6 * 64 + 64) + (64 * 128 + 2 * 128) + (128 + 1));
      assertEquals(count(16), first + block(64, 128) + last(128));
      const to512 = first + block(64, 128) + block(128, 256) + block(256, 512);
      assertEquals(count(70), to512 + last(512));
      assertEquals(count(286), to512 + 2 * block(512, 512) + last(512));
    }));

  it("the notebook's D has the Keras tutorial's 2,768,641 and the first bias", () =>
    withShapesOnly(() => {
      const discriminator = patchGan({ receptiveField: 94 })(shape, 1);
      assertEquals(countParameters(discriminator), 2_768_641 + 64);
    }));

  it("G halves the picture eight times and gives it back at its size", () =>
    withShapesOnly(() => {
      const generator = unet()(shape, 1);
      const shapes = (name: string) => generator.getLayer(name).outputShape;
      assertEquals(shapes("down1_convolution"), [null, 128, 128, 64]);
      assertEquals(shapes("down8_convolution"), [null, 1, 1, 512]);
      assertEquals(shapes("up1_skip"), [null, 2, 2, 1024]);
      assertEquals(shapes("up7_skip"), [null, 128, 128, 128]);
      assertEquals(generator.outputs[0]?.shape, [null, 256, 256, 3]);
    }));

  const cases: [field: number, rows: number, stride: number][] = [
    [1, 256, 1],
    [16, 126, 2],
    [34, 62, 4],
    [70, 30, 8],
    [94, 16, 16],
    [142, 14, 16],
    [286, 6, 32],
  ];
  for (const [field, rows, stride] of cases) {
    it(`D of ${field} sees ${field}x${field} pixels with each of its ${rows}x${rows} logits`, () =>
      withShapesOnly(() => {
        const discriminator = patchGan({ receptiveField: field })(shape, 1);
        assertEquals(receptiveField(discriminator), { height: field, width: field, stride });
        assertEquals(discriminator.outputs[0]?.shape, [null, rows, rows, 1]);
      }));
  }

  it("only the first, the innermost and the last convolution have a bias, the others a norm", () =>
    withShapesOnly(() => {
      const weights = unet()(shape, 1).trainableWeights.map(({ originalName }) => originalName);
      const without = weights.filter((name) => name.endsWith("/bias"));
      assertEquals(without, [
        "down1_convolution/bias",
        "down8_convolution/bias",
        "output_transposed_convolution/bias",
      ]);
      const norms = weights.filter((name) => name.endsWith("/gamma"));
      assertEquals(norms.length, 6 + 7);
      const judging = patchGan()(shape, 1).trainableWeights.map(({ originalName }) => originalName);
      assertEquals(judging.filter((name) => name.endsWith("/bias")), [
        "block1_convolution/bias",
        "logits_convolution/bias",
      ]);
      assertEquals(judging.filter((name) => name.endsWith("/gamma")).length, 3);
    }));
});
