import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  defocus,
  downUp,
  edgeDrawing,
  gaussianBlur,
  greyscale,
  jpeg,
  motionBlur,
  noise,
} from "../../mod.ts";
import type { Degradation } from "../../core/plugin.ts";
import { conformsAsDegradation, type DegradationNeeds } from "./degradation.ts";
import { exportedFrom } from "./exported.ts";

/** Everything exported, by its name. */
const DEGRADATIONS: Readonly<
  Record<string, readonly [make: () => Degradation, needs?: DegradationNeeds]>
> = {
  defocus: [() => defocus()],
  downUp: [() => downUp()],
  edgeDrawing: [() => edgeDrawing(), { draws: false }],
  gaussianBlur: [() => gaussianBlur()],
  greyscale: [() => greyscale(), { draws: false }],
  jpeg: [() => jpeg()],
  motionBlur: [() => motionBlur()],
  noise: [() => noise()],
};

describe("the suite for degradations", () => {
  it("is run for everything exported", () => {
    assertEquals(Object.keys(DEGRADATIONS).sort(), exportedFrom("plugins/degrade"));
  });
});

for (const [name, [make, needs]] of Object.entries(DEGRADATIONS)) {
  conformsAsDegradation(name, make, needs);
}

conformsAsDegradation("aliased shrinking", () => downUp({ down: "nearest", up: "bilinear" }));
conformsAsDegradation("grey noise", () => noise({ colour: false }));
