import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  attentionUnet,
  batchNorm,
  encoderDecoder,
  groupNorm,
  identity,
  instanceNorm,
  nafnet,
  none,
  orthogonal,
  pix2pixHd,
  resizeUpsampling,
  resnet,
  subPixelUpsampling,
  unet,
  xavier,
} from "../../mod.ts";
import type { Generator } from "../../core/plugin.ts";
import { exportedFrom } from "./exported.ts";
import { conformsAsGenerator } from "./generator.ts";
import { type NetworkNeeds, taskOf } from "./network.ts";

const HOURGLASS = { filters: [2, 4, 4, 8] };
const NAFNET = { filters: 2, encoder: [1, 1], decoder: [1, 1] };
const RESIDUAL = { filters: 2, blocks: 1 };
const shapes = [taskOf(32, 16), taskOf(64, 64, 1), taskOf(128, 256), taskOf(256)];

/** Everything exported, narrow, by its name. */
const GENERATORS: Readonly<Record<string, readonly [Generator, NetworkNeeds]>> = {
  attentionUnet: [attentionUnet({ filters: [2, 4, 6], dropoutRate: 0.5 }), {
    shapes: [taskOf(16, 8), ...shapes.slice(1)],
    refused: [taskOf(18, 16), { ...taskOf(16), target: taskOf(32).target }],
  }],
  encoderDecoder: [encoderDecoder(HOURGLASS), { shapes, refused: [taskOf(40, 64)] }],
  identity: [identity(), {
    shapes: [taskOf(16, 8), taskOf(256)],
    refused: [taskOf(16, 16, 1), { ...taskOf(16), target: taskOf(32).target }],
  }],
  // Branches begin at 0 by default: no gradient would reach them.
  nafnet: [nafnet({ ...NAFNET, branchScale: 1 }), {
    shapes: [taskOf(16, 8), taskOf(64), taskOf(128, 256)],
    refused: [taskOf(18, 16), taskOf(16, 16, 1), { ...taskOf(16), target: taskOf(32).target }],
  }],
  pix2pixHd: [pix2pixHd({ ...RESIDUAL, halvings: 1, enhancerBlocks: 1 }), {
    shapes: [taskOf(16, 8), ...shapes.slice(1)],
    refused: [taskOf(18, 64)],
  }],
  resnet: [resnet(RESIDUAL), { shapes, refused: [taskOf(30, 64)] }],
  unet: [unet(HOURGLASS), {
    shapes,
    refused: [taskOf(40, 64), { ...taskOf(16), target: taskOf(32).target }],
  }],
};

describe("the suite for generators", () => {
  it("is run for everything exported", () => {
    assertEquals(Object.keys(GENERATORS).sort(), exportedFrom("plugins/generators"));
  });
});

for (const [name, [generator, needs]] of Object.entries(GENERATORS)) {
  conformsAsGenerator(name, generator, needs);
}

const few = { shapes: shapes.slice(0, 1) };
conformsAsGenerator(
  "unet with the notebook's differences",
  unet({
    ...HOURGLASS,
    reluOnSkips: false,
    innermostNorm: true,
    norm: batchNorm({ epsilon: 1e-3, momentum: 0.99, scaleDeviation: 0 }),
  }),
  few,
);
conformsAsGenerator(
  "unet with resize-convolutions and group norm",
  unet({
    ...HOURGLASS,
    upsample: resizeUpsampling({ interpolation: "bilinear" }),
    norm: groupNorm({ groups: 2 }),
    initializer: xavier(),
  }),
  few,
);
conformsAsGenerator(
  "unet with sub-pixels and no norm",
  unet({ ...HOURGLASS, upsample: subPixelUpsampling(), norm: none(), initializer: orthogonal() }),
  few,
);
conformsAsGenerator(
  "resnet with dropout, a norm that learns, and nearest upsampling",
  resnet({
    ...RESIDUAL,
    dropoutRate: 0.5,
    norm: instanceNorm({ affine: true }),
    upsample: resizeUpsampling(),
  }),
  few,
);
conformsAsGenerator(
  "nafnet with dropout, without the input in its output",
  nafnet({ ...NAFNET, branchScale: 1, dropoutRate: 0.5, residual: false }),
  { shapes: [taskOf(16, 8, 1)] },
);
