import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { colour, compose, crop, cutout, jitter, mirror, rotate } from "../../mod.ts";
import { type AugmentNeeds, conformsAsAugment } from "./augment.ts";
import { exportedFrom } from "./exported.ts";
import type { Augment } from "../../core/plugin.ts";

/** Everything exported, by its name. */
const AUGMENTS: Readonly<Record<string, readonly [make: () => Augment, needs?: AugmentNeeds]>> = {
  colour: [() => colour()],
  compose: [() => compose(crop({ size: 40 }), mirror(), rotate())],
  crop: [() => crop({ size: { width: 32, height: 40 } })],
  cutout: [() => cutout()],
  jitter: [() => jitter({ load: 40, crop: 32 })],
  mirror: [() => mirror({ vertical: true })],
  rotate: [() => rotate({ quarters: true, degrees: [-10, 10] })],
};

describe("the suite for augments", () => {
  it("is run for everything exported", () => {
    assertEquals(Object.keys(AUGMENTS).sort(), exportedFrom("plugins/augment"));
  });
});

for (const [name, [make, needs]] of Object.entries(AUGMENTS)) conformsAsAugment(name, make, needs);

conformsAsAugment("colour of inputs", () => colour({ on: "input" }), { joint: false });
conformsAsAugment("colour of targets", () => colour({ on: "target", brightness: 0.5 }), {
  joint: false,
});
conformsAsAugment("cutout of inputs", () => cutout({ on: "input", count: 3 }), { joint: false });
conformsAsAugment("rotation of labels", () => rotate({ kernel: "nearest" }));
conformsAsAugment("bilinear jitter", () => jitter({ load: 40, crop: 40, kernel: "bilinear" }));
