import { assertEquals } from "@std/assert";
import { describe } from "@std/testing/bdd";
import { withShapesOnly } from "../../core/backends/shapes.ts";
import { countParameters } from "../../core/model/networks.ts";
import type { Generator, TaskShape } from "../../core/plugin.ts";
import { attentionUnet } from "../../plugins/generators/attention_unet.ts";
import { nafnet } from "../../plugins/generators/nafnet.ts";
import { describeOnEngines } from "./engines.ts";
import { it } from "./reading.ts";
import { assertNetwork } from "./network_case.ts";
import fixture from "./fixtures/restoration.json" with { type: "json" };

function task(height: number, width: number): TaskShape {
  const picture = { width, height, channels: 3 };
  return { input: picture, target: picture };
}

describe("newer generators", () => {
  const { counts } = fixture;
  const count = (build: Generator): number =>
    withShapesOnly(() => countParameters(build(task(256, 256), 1)));

  it("NAFNet has PyTorch's parameters, of 32 channels for deblurring and 64 for denoising", () => {
    assertEquals(count(nafnet()), counts.nafnetGoPro32);
    const sidd = nafnet({ filters: 64, encoder: [2, 2, 4, 8], middle: 12, decoder: [2, 2, 2, 2] });
    assertEquals(count(sidd), counts.nafnetSidd64);
  });

  it("the Attention U-Net has PyTorch's parameters, at the authors' quarter width and in full", () => {
    assertEquals(count(attentionUnet()), counts.attentionUnet);
    const wide = attentionUnet({ filters: [64, 128, 256, 512, 1024] });
    assertEquals(count(wide), counts.attentionUnetWide);
  });
});

const NETWORKS: Readonly<Record<string, Generator>> = {
  nafnet: nafnet({ filters: 4, encoder: [1, 2], decoder: [1, 1] }),
  attentionUnet: attentionUnet({ filters: [2, 3, 4, 6] }),
};

describeOnEngines("newer generators", () => {
  for (const expected of fixture.networks) {
    it(`are PyTorch's, and so are the gradients by every weight (${expected.name})`, () => {
      const [height, width] = expected.shape as [number, number, number];
      assertNetwork(NETWORKS[expected.name]!(task(height, width), 1), expected);
    });
  }
});
