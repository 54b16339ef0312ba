import { assertEquals } from "@std/assert";
import { describe } from "@std/testing/bdd";
import { withShapesOnly } from "../../core/backends/shapes.ts";
import { countParameters } from "../../core/model/networks.ts";
import type { Discriminator, Generator, TaskShape } from "../../core/plugin.ts";
import { multiScale } from "../../plugins/discriminators/multi_scale.ts";
import { patchGan } from "../../plugins/discriminators/patch_gan.ts";
import { encoderDecoder } from "../../plugins/generators/encoder_decoder.ts";
import { pix2pixHd } from "../../plugins/generators/pix2pix_hd.ts";
import { resnet } from "../../plugins/generators/resnet.ts";
import { batchNorm } from "../../plugins/layers/batch_norm.ts";
import { instanceNorm } from "../../plugins/layers/instance_norm.ts";
import { describeOnEngines } from "./engines.ts";
import { it } from "./reading.ts";
import { assertNetwork } from "./network_case.ts";
import fixture from "./fixtures/networks.json" with { type: "json" };

function task(height: number, width: number): TaskShape {
  const picture = { height, width, channels: 3 };
  return { input: picture, target: picture };
}

describe("networks after the paper's, at 256x256", () => {
  const count = (build: Generator | Discriminator): number =>
    withShapesOnly(() => countParameters(build(task(256, 256), 1)));
  const idle = instanceNorm({ bias: true });
  const { counts } = fixture;

  it("ResNets have CycleGAN's 7.838 and 11.378 million parameters, or without idle biases", () => {
    assertEquals(counts.resnet9.all, 11_378_179);
    assertEquals(counts.resnet6.all, 7_837_699);
    assertEquals(count(resnet({ norm: idle })), counts.resnet9.all);
    assertEquals(count(resnet({ norm: idle, blocks: 6 })), counts.resnet6.all);
    assertEquals(count(resnet()), counts.resnet9.withoutIdleBiases);
    assertEquals(count(resnet({ blocks: 6 })), counts.resnet6.withoutIdleBiases);
    assertEquals(count(resnet({ norm: batchNorm() })), counts.resnet9BatchNorm);
  });

  it("pix2pixHD's generator has NVIDIA's 182 million, with its enhancer and without", () => {
    // NVIDIA's 182,546,755 are for Cityscapes' 36 channels: 33 * 7 * 7 * 64 more.
    assertEquals(counts.pix2pixHdGlobal.all, 182_546_755 - 103_488);
    const globally = { enhancers: 0 };
    assertEquals(count(pix2pixHd({ ...globally, norm: idle })), counts.pix2pixHdGlobal.all);
    assertEquals(count(pix2pixHd(globally)), counts.pix2pixHdGlobal.withoutIdleBiases);
    assertEquals(count(pix2pixHd({ norm: idle })), counts.pix2pixHd.all);
    assertEquals(count(pix2pixHd()), counts.pix2pixHd.withoutIdleBiases);
  });

  it("the encoder-decoder has PyTorch's", () => {
    assertEquals(count(encoderDecoder()), counts.encoderDecoder);
  });

  it("pix2pixHD's three discriminators have NVIDIA's", () => {
    const three = (norm = instanceNorm()): number =>
      count(multiScale({ scales: 3, discriminator: patchGan({ norm }) }));
    assertEquals(three(idle), counts.multiScale3.all);
    assertEquals(three(), counts.multiScale3.withoutIdleBiases);
  });
});

/** The networks of the fixture, as narrow as there. */
const NETWORKS: Readonly<Record<string, Generator | Discriminator>> = {
  resnet: resnet({ blocks: 2, filters: 4 }),
  pix2pixHd: pix2pixHd({ enhancers: 2, filters: 2, halvings: 1, blocks: 1, enhancerBlocks: 1 }),
  encoderDecoder: encoderDecoder({ filters: [4, 6, 8], dropout: 0 }),
  multiScale: multiScale({
    scales: 2,
    discriminator: patchGan({ filters: 2, norm: instanceNorm(), features: true }),
  }),
};

describeOnEngines("networks after the paper's", () => {
  for (const expected of fixture.networks) {
    it(`are PyTorch's, and so are the gradients by every weight (${expected.name})`, () => {
      const [height, width] = expected.shape as [number, number, number];
      assertNetwork(NETWORKS[expected.name]!(task(height, width), 1), expected);
    });
  }
});
