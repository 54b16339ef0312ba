import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, randomStream } from "../../../core/plugin.ts";
import { motionBlur } from "../../../plugins/degrade/motion_blur.ts";
import { mean, point, spoil, spread } from "./pictures.ts";

describe("motionBlur", () => {
  for (const angle of [0, 30, 45, 90, 135]) {
    it(`spreads a point along ${angle} degrees and hardly across`, async () => {
      const blurred = await spoil(motionBlur({ length: 20, angle }), point());
      const { along, across } = spread(blurred, angle);
      // Evenly over 20 pixels: 20 / sqrt(12) = 5.77, and what lies between pixels is shared.
      assertAlmostEquals(along, 5.77, 0.1);
      assert(across < 0.5, `${across} across`);
      assertAlmostEquals(mean(blurred), mean(point()), 1e-4);
    });
  }

  it("draws length and angle from their ranges and says which", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { picture, parameters } = await motionBlur({ length: [8, 16], angle: [20, 70] }).apply(
        point(),
        randomStream(seed),
      );
      const { length, angle } = parameters as { length: number; angle: number };
      assert(length >= 8 && length < 16 && angle >= 20 && angle < 70, `${length}, ${angle}`);
      assertAlmostEquals(spread(picture, angle).along, length / Math.sqrt(12), 0.15);
    }
  });

  it("changes nothing by a length of 0, and refuses others that are none", async () => {
    assertEquals(await spoil(motionBlur({ length: 0 }), point()), point());
    assertThrows(() => motionBlur({ length: -5 }), PairlabError, "length of -5");
    assertThrows(() => motionBlur({ angle: [90, 0] }), PairlabError, "angle of [90, 0]");
  });
});
