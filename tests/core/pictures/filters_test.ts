import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { blurPicture, convolvePicture } from "../../../core/pictures/convolve.ts";
import { turnPicture } from "../../../core/pictures/geometry.ts";
import { rotatePicture } from "../../../core/pictures/rotate.ts";
import type { Picture } from "../../../core/plugin.ts";

interface Fixture {
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly blurred: readonly { readonly sigma: number; readonly values: readonly number[] }[];
  readonly rotated: readonly { readonly degrees: number; readonly values: readonly number[] }[];
}

/** Written by fixtures/make_filters.py. */
const fixture = JSON.parse(
  await Deno.readTextFile(new URL("fixtures/filters.json", import.meta.url)),
) as Fixture;

const [height, width, channels] = fixture.shape;
const bytes = Uint8Array.from(
  { length: height * width * channels },
  (_, i) => (i * i * 31 + i * 17 + 5) % 251,
);
const eight: Picture = { data: bytes, width, height, channels };
const floats: Picture = { ...eight, data: Float32Array.from(bytes) };
const sixteen: Picture = { ...eight, data: Uint16Array.from(bytes, (value) => value * 257) };

function assertNear(actual: Picture, expected: readonly number[], within: number): void {
  assertEquals(actual.data.length, expected.length);
  for (const [i, value] of expected.entries()) {
    assert(Math.abs(actual.data[i]! - value) <= within, `${i}: ${actual.data[i]}, not ${value}`);
  }
}

describe("blurPicture", () => {
  for (const { sigma, values } of fixture.blurred) {
    it(`gives SciPy's numbers for a sigma of ${sigma}, in any type`, () => {
      assertNear(blurPicture(floats, sigma), values, 1e-3);
      assertNear(blurPicture(eight, sigma), values, 0.5 + 1e-3);
      assertNear(blurPicture(sixteen, sigma), values.map((value) => value * 257), 0.5 + 0.3);
    });
  }

  it("changes nothing for a sigma of 0, and refuses a negative one", () => {
    assert(blurPicture(eight, 0) === eight);
    assertThrows(() => blurPicture(eight, -1), RangeError, "sigma of -1");
    assertThrows(() => blurPicture(eight, NaN), RangeError, "NaN");
  });
});

describe("convolvePicture", () => {
  it("moves a picture by a single tap, its edge repeated", () => {
    const picture = { data: new Uint8Array([1, 2, 3, 4, 5, 6]), width: 3, height: 2, channels: 1 };
    assertEquals(convolvePicture(picture, [{ x: 1, y: 0, weight: 1 }]).data.join(), "2,3,3,5,6,6");
    assertEquals(convolvePicture(picture, [{ x: 0, y: -1, weight: 1 }]).data.join(), "1,2,3,1,2,3");
  });

  it("reaches as far as a kernel larger than the picture", () => {
    const picture = { data: new Uint8Array([0, 100]), width: 2, height: 1, channels: 1 };
    const taps = [-5, 5].map((x) => ({ x, y: 0, weight: 0.5 }));
    assertEquals(convolvePicture(picture, taps).data, new Uint8Array([50, 50]));
  });
});

describe("rotatePicture", () => {
  for (const { degrees, values } of fixture.rotated) {
    it(`gives SciPy's numbers for ${degrees} degrees`, () => {
      assertNear(rotatePicture(floats, degrees, "bilinear"), values, 1e-3);
      assertNear(rotatePicture(eight, degrees, "cubic"), values, 0.5 + 1e-3);
    });
  }

  it("turns squares by quarters as turnPicture does", () => {
    const square = { data: bytes.slice(0, 11 * 11 * 2), width: 11, height: 11, channels: 2 };
    for (const quarters of [-1, 1, 2]) {
      assertEquals(
        rotatePicture(square, quarters * 90, "nearest"),
        turnPicture(square, quarters),
      );
    }
  });

  it("mixes nothing with the kernel for labels", () => {
    const labels = { ...eight, data: bytes.map((value) => value < 100 ? 7 : 200) };
    const turned = rotatePicture(labels, 33, "nearest");
    assert(turned.data.every((value) => value === 7 || value === 200));
  });
});
