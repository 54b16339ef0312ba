import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { depthOf, positionsOf } from "../../core/backends/tensorflow/convolution/operations.ts";
import { withShapesOnly } from "../../core/backends/shapes.ts";
import { convolutionsOf, type ProductName } from "./convolutions.ts";
import { stepFlops } from "./flops.ts";
import { buildNetworks, type Networks } from "../../core/model/networks.ts";
import { patchGan } from "../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../plugins/generators/unet.ts";
import { tinyShape, tinyWiring } from "../core/train/tiny.ts";

/** The operations of all products that a step computes. */
function flopsOf(networks: Networks, batch: number): number {
  return convolutionsOf(networks, batch).reduce((sum, { conv, uses }) => {
    const times = Object.values(uses).reduce((a, b) => a + b);
    return sum + 2 * times * positionsOf(conv) * depthOf(conv) * conv.outChannels;
  }, 0);
}

describe("the convolutions of a step", () => {
  it("are as many operations as its layers say", () =>
    withShapesOnly(() => {
      const tiny = buildNetworks(tinyWiring(), tinyShape, 0);
      assertEquals(flopsOf(tiny, 1), stepFlops(tiny, "simultaneous"));
      assertEquals(flopsOf(tiny, 3), 3 * stepFlops(tiny, "simultaneous"));
      const image = { height: 256, width: 256, channels: 3 };
      const shape = { input: image, target: image };
      const paper = { generator: unet()(shape, 1), discriminator: patchGan()(shape, 2) };
      assertEquals(flopsOf(paper, 1), stepFlops(paper, "simultaneous"));
    }));

  it("take no gradient of the picture in G, and one in D", () =>
    withShapesOnly(() => {
      const placed = convolutionsOf(buildNetworks(tinyWiring(), tinyShape, 0), 1);
      const usesOf = (layer: string): Readonly<Record<ProductName, number>> | undefined =>
        placed.find((one) => one.layer === layer)?.uses;
      assertEquals(usesOf("G down1"), { forward: 1, inputGradient: 0, filterGradient: 1 });
      assertEquals(usesOf("D block1"), { forward: 2, inputGradient: 1, filterGradient: 2 });
      // A transposed convolution computes an input gradient, and its gradient a convolution.
      assertEquals(usesOf("G up1"), { forward: 1, inputGradient: 1, filterGradient: 1 });
    }));
});
