import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, randomStream } from "../../../core/plugin.ts";
import { gaussianBlur } from "../../../plugins/degrade/gaussian_blur.ts";
import { mean, point, spoil, spread } from "./pictures.ts";

describe("gaussianBlur", () => {
  it("spreads a point by its sigma in every direction, keeping its light", async () => {
    const blurred = await spoil(gaussianBlur({ sigma: 3 }), point());
    for (const angle of [0, 30, 90]) {
      // Cut off at four sigmas.
      assertAlmostEquals(spread(blurred, angle).along, 3, 0.01);
    }
    assertAlmostEquals(mean(blurred), mean(point()), 1e-4);
  });

  it("draws its sigma from the range and says which", async () => {
    for (let seed = 0; seed < 50; seed++) {
      const { picture, parameters } = await gaussianBlur({ sigma: [2, 3] }).apply(
        point(),
        randomStream(seed),
      );
      const sigma = parameters["sigma"]!;
      assert(sigma >= 2 && sigma < 3, `${sigma}`);
      assertAlmostEquals(spread(picture, 0).along, sigma, 0.02);
    }
  });

  it("changes nothing by a sigma of 0, and refuses others that are none", async () => {
    assertEquals(await spoil(gaussianBlur({ sigma: 0 }), point()), point());
    assertThrows(() => gaussianBlur({ sigma: [-1, 2] }), PairlabError, "sigma of [-1, 2]");
  });
});
