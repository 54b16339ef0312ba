import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, randomStream } from "../../../core/plugin.ts";
import { downUp } from "../../../plugins/degrade/down_up.ts";
import { difference, mean, spoil, structured } from "./pictures.ts";

describe("downUp", () => {
  it("loses more the larger the factor, and keeps brightness and size", async () => {
    const picture = structured();
    const lost: number[] = [];
    for (const factor of [1, 2, 4, 8]) {
      const spoilt = await spoil(downUp({ factor }), picture);
      assertEquals([spoilt.width, spoilt.height], [64, 64]);
      assert(Math.abs(mean(spoilt) - mean(picture)) < 1);
      lost.push(difference(spoilt, picture));
    }
    assertEquals(lost[0], 0);
    assert(lost.every((value, i) => i === 0 || value > lost[i - 1]!), `${lost}`);
  });

  it("makes blocks of pixels where nothing is mixed", async () => {
    const { data } = await spoil(
      downUp({ factor: 4, down: "nearest", up: "nearest" }),
      structured(),
    );
    for (let i = 0; i < 64; i++) assertEquals(data[i], data[Math.floor(i / 4) * 4]);
  });

  it("leaves a pixel at least, and says what it drew", async () => {
    const { picture, parameters } = await downUp({ factor: [900, 1000] }).apply(
      structured(16),
      randomStream(1),
    );
    assertEquals(new Set(picture.data).size, 1);
    assert(parameters["factor"]! >= 900);
  });

  it("refuses factors that would enlarge", () => {
    assertThrows(() => downUp({ factor: [0.5, 2] }), PairlabError, "factor of [0.5, 2]");
  });
});
