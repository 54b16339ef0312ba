import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { instanceNorm, multiScale, none, patchGan } from "../../mod.ts";
import type { Discriminator } from "../../core/plugin.ts";
import { conformsAsDiscriminator } from "./discriminator.ts";
import { exportedFrom } from "./exported.ts";
import { type NetworkNeeds, taskOf } from "./network.ts";

const NARROW = { filters: 2 };
const FEW = { ...NARROW, receptiveField: 16 };
const shapes = [taskOf(32, 40), taskOf(64, 64, 1), taskOf(128, 256), taskOf(256)];

/** Everything exported, narrow, by its name. */
const DISCRIMINATORS: Readonly<Record<string, readonly [Discriminator, NetworkNeeds]>> = {
  multiScale: [multiScale({ scales: 2, discriminator: patchGan(FEW) }), {
    shapes,
    refused: [taskOf(8)],
  }],
  patchGan: [patchGan(NARROW), {
    shapes,
    refused: [taskOf(16), { ...taskOf(64), target: taskOf(32).target }],
  }],
};

describe("the suite for discriminators", () => {
  it("is run for everything exported", () => {
    assertEquals(Object.keys(DISCRIMINATORS).sort(), exportedFrom("plugins/discriminators"));
  });
});

for (const [name, [discriminator, needs]] of Object.entries(DISCRIMINATORS)) {
  conformsAsDiscriminator(name, discriminator, needs);
}

for (const receptiveField of [1, 16, 34, 94] as const) {
  const needs = { shapes: shapes.slice(0, 2), refused: receptiveField === 94 ? [taskOf(8)] : [] };
  conformsAsDiscriminator(
    `patchGan of ${receptiveField}`,
    patchGan({ ...NARROW, receptiveField }),
    needs,
  );
}
for (const receptiveField of [142, 286] as const) {
  const needs = { shapes: [taskOf(96)], refused: [taskOf(24)] };
  conformsAsDiscriminator(
    `patchGan of ${receptiveField}`,
    patchGan({ filters: 1, receptiveField }),
    needs,
  );
}
conformsAsDiscriminator(
  "patchGan of the whole picture",
  patchGan({ ...NARROW, receptiveField: "image" }),
  { shapes: [taskOf(32, 20), taskOf(256, 128)] },
);
conformsAsDiscriminator(
  "patchGan, unconditional, with instance norm and features",
  patchGan({ ...FEW, conditional: false, norm: instanceNorm(), features: true }),
  { shapes: shapes.slice(0, 1) },
);
conformsAsDiscriminator(
  "patchGan with spectral norm",
  patchGan({ ...FEW, spectral: true, norm: none() }),
  { shapes: shapes.slice(0, 1) },
);
conformsAsDiscriminator(
  "multiScale with spectral norm and features",
  multiScale({
    scales: 2,
    discriminator: patchGan({ ...FEW, spectral: true, norm: none(), features: true }),
  }),
  { shapes: shapes.slice(0, 1) },
);
