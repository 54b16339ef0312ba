import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, randomStream } from "../../../core/plugin.ts";
import { defocus } from "../../../plugins/degrade/defocus.ts";
import { point, spread } from "./pictures.ts";

describe("defocus", () => {
  it("makes a point a disk of the radius that it draws", async () => {
    for (let seed = 0; seed < 10; seed++) {
      const { picture, parameters } = await defocus({ radius: [4, 9] }).apply(
        point(),
        randomStream(seed),
      );
      const radius = parameters["radius"]!;
      assert(radius >= 4 && radius < 9, `${radius}`);
      // Half the radius of an even disk, which is a pixel wider than twice the radius, and at most
      // that less high.
      const { along, across } = spread(picture, 0);
      assertAlmostEquals(along, (radius + 0.5) / 2, 0.15);
      assert(across > (Math.floor(radius) - 0.5) / 2 && across < along + 0.1, `${across}`);
    }
  });

  it("refuses radii that are none", () => {
    assertThrows(() => defocus({ radius: [3, 2] }), PairlabError, "radius of [3, 2]");
  });
});
