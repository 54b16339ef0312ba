import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { withShapesOnly } from "../../../../core/backends/shapes.ts";
import {
  filterGradientWay,
  forwardWay,
  inputGradientWay,
  type LoweringOptions,
} from "../../../../core/backends/tensorflow/lowering.ts";
import type { Networks } from "../../../../core/model/networks.ts";
import type { TaskShape } from "../../../../core/plugin.ts";
import { patchGan } from "../../../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../../../plugins/generators/unet.ts";
import { convolutionsOf } from "../../../bench/convolutions.ts";

const EXACT: LoweringOptions = { exact: true, vectors: "AVX-512" };

type Shape = [number, number, number, number];

/** The ways of a network's convolutions: name, y, dx, dfilter. */
function waysOf(
  network: (shape: TaskShape) => Networks,
  size: number,
  batch = 1,
  options = EXACT,
): string[] {
  const picture = { height: size, width: size, channels: 3 };
  const placed = withShapesOnly(() =>
    convolutionsOf(network({ input: picture, target: picture }), batch)
  );
  return placed.map(({ layer, conv }) =>
    [
      layer,
      forwardWay(conv, options),
      inputGradientWay(conv, options),
      filterGradientWay(conv, options),
    ].join(" ")
  );
}

describe("the rule of lowering", () => {
  const G = (shape: TaskShape): Networks => ({ generator: unet()(shape, 23) });
  const D = (receptiveField: number) => (shape: TaskShape): Networks => ({
    generator: patchGan({ receptiveField })(shape, 23),
  });

  it("computes few positions of large filters as matrix products, in the U-Net", () => {
    assertEquals(waysOf(G, 256), [
      "G down1 native native native",
      "G down2 native native shifts",
      "G down3 native native native",
      "G down4 native native patches",
      "G down5 patches fold patches",
      "G down6 patches fold patches",
      "G down7 patches fold patches",
      "G down8 native single patches",
      "G up1 native single patches",
      "G up2 patches fold patches",
      "G up3 patches fold patches",
      "G up4 patches fold patches",
      "G up5 patches fold patches",
      "G up6 native native native",
      "G up7 native native shifts",
      "G output native fold native",
    ]);
  });

  it("leaves a PatchGAN to TensorFlow, but for its logits and largest pictures", () => {
    assertEquals(waysOf(D(70), 256), [
      "G block1 native native native",
      "G block2 native native shifts",
      "G block3 native native native",
      "G block4 native native native",
      "G logits thin thin thin",
    ]);
    assertEquals(waysOf(D(94), 256).slice(-2), [
      "G block4 native native patches",
      "G logits thin thin thin",
    ]);
  });

  it("goes by the positions of the whole batch", () => {
    assertEquals(waysOf(G, 256, 16).slice(4, 8), [
      "G down5 native native patches",
      "G down6 patches fold patches",
      "G down7 patches fold patches",
      "G down8 patches single patches",
    ]);
  });

  it("falls back to TensorFlow's own for kernels with holes and for channels first", () => {
    const deep: Shape = [1, 8, 8, 512], filter: Shape = [4, 4, 512, 512];
    const info = tf.backend_util.computeConv2DInfo;
    const plain = info(deep, filter, 1, 1, "same");
    const holes = info(deep, filter, 1, 2, "same");
    const first = info([1, 512, 8, 8], filter, 1, 1, "same", "floor", false, "channelsFirst");
    const ways = [plain, holes, first].map((conv) => [
      forwardWay(conv, EXACT),
      filterGradientWay(conv, EXACT),
    ]);
    assertEquals(ways, [["patches", "patches"], ["native", "native"], ["native", "native"]]);
  });

  it("computes many positions by tiles, unless it is to be exact", () => {
    const tiled: LoweringOptions = { exact: false, vectors: "AVX-512" };
    const [ofG, ofD] = [G, D(70)].map((network) => {
      const exact = waysOf(network, 256);
      return waysOf(network, 256, 1, tiled).filter((ways, index) => ways !== exact[index]);
    });
    assertEquals(ofG, [
      "G down2 native native tiles3",
      "G down3 tiles3 tiles3 tiles3",
      "G up6 tiles3 tiles3 tiles3",
      "G up7 tiles3 tiles3 tiles3",
    ]);
    assertEquals(ofD, [
      "G block2 native native tiles3",
      "G block3 tiles3 tiles3 tiles3",
      "G block4 tiles3 tiles3 tiles3",
    ]);
  });

  it("goes by the processor's vectors", () => {
    const narrow: LoweringOptions = { exact: false, vectors: "AVX2" };
    assertEquals(waysOf(D(70), 256, 1, narrow), [
      "G block1 native native native",
      "G block2 tiles3 tiles3 tiles3",
      "G block3 tiles3 tiles3 tiles3",
      "G block4 native tiles3 tiles3",
      "G logits thin thin thin",
    ]);
  });

  it("computes more layers by tiles where a batch has more positions", () => {
    const tiled: LoweringOptions = { exact: false, vectors: "AVX-512" };
    assertEquals(waysOf(D(70), 256, 4, tiled)[3], "G block4 tiles3 tiles3 tiles3");
    const up5 = (batch: number): string | undefined =>
      waysOf(G, 256, batch, tiled).find((ways) => ways.startsWith("G up5"));
    assertEquals(up5(1), "G up5 patches fold patches");
    assertEquals(up5(4), "G up5 tiles2 tiles2 tiles2");
  });

  it("knows no tiles where the processor's vectors are unknown", () => {
    const unknown: LoweringOptions = { exact: false, vectors: "other" };
    assertEquals(waysOf(G, 256, 1, unknown), waysOf(G, 256));
  });
});
