import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, randomStream } from "../../../mod.ts";
import { conformance } from "../../../tests/conformance/mod.ts";
import { myAugment } from "./augment.ts";

conformance.augment("myAugment", () => myAugment());

describe("myAugment", () => {
  it("multiplies the levels of both pictures, up to the most that there is", async () => {
    const picture = { data: new Uint8Array([0, 100, 200]), width: 3, height: 1, channels: 1 };
    const pair = { name: "three", input: picture, target: picture };
    const { input, target } = await myAugment({ gain: 1.5 })(pair, randomStream(23));
    assertEquals(input.data, new Uint8Array([0, 150, 255]));
    assertEquals(target.data, new Uint8Array([0, 150, 255]));
  });

  it("refuses a gain below 0", () => {
    assertThrows(() => myAugment({ gain: -1 }), PairlabError, "a gain of -1");
  });
});
