import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, randomStream } from "../../../mod.ts";
import { conformance } from "../../../tests/conformance/mod.ts";
import { myDegradation } from "./degradation.ts";

conformance.degradation("myDegradation", () => myDegradation());

describe("myDegradation", () => {
  it("multiplies every level by what it records", async () => {
    const given = { data: new Uint8Array([0, 100, 200]), width: 3, height: 1, channels: 1 };
    const { picture, parameters } = await myDegradation({ gain: 0.5 })
      .apply(given, randomStream(23));
    assertEquals(picture.data, new Uint8Array([0, 50, 100]));
    assertEquals(parameters, { gain: 0.5 });
  });

  it("refuses to brighten", () => {
    assertThrows(() => myDegradation({ gain: 2 }), PairlabError, "a gain of 2");
  });
});
