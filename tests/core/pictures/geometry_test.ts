import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  cropPicture,
  mirrorPicture,
  padPicture,
  turnPicture,
} from "../../../core/pictures/geometry.ts";
import type { Picture } from "../../../core/plugin.ts";

/** Two rows of three pixels with two channels each. */
const picture: Picture = {
  data: new Float32Array([1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6]),
  width: 3,
  height: 2,
  channels: 2,
};

describe("cropPicture", () => {
  it("cuts out whole pixels, every channel of them", () => {
    assertEquals(cropPicture(picture, { left: 1, top: 0, width: 2, height: 2 }), {
      data: new Float32Array([2, -2, 3, -3, 5, -5, 6, -6]),
      width: 2,
      height: 2,
      channels: 2,
    });
    assertEquals(
      cropPicture(picture, { left: 0, top: 1, width: 1, height: 1 }).data,
      new Float32Array([4, -4]),
    );
  });

  it("keeps the type of the pixels", () => {
    for (const data of [new Uint8Array([1, 2]), new Uint16Array([1, 2])]) {
      const cut = cropPicture({ data, width: 2, height: 1, channels: 1 }, {
        left: 1,
        top: 0,
        width: 1,
        height: 1,
      });
      assertEquals(cut.data, data.slice(1));
    }
  });

  it("gives pixels of its own", () => {
    const whole = cropPicture(picture, { left: 0, top: 0, width: 3, height: 2 });
    assertEquals(whole, picture);
    assert(whole.data.buffer !== picture.data.buffer);
  });

  it("refuses rectangles that reach beyond the picture", () => {
    for (
      const rectangle of [
        { left: 2, top: 0, width: 2, height: 1 },
        { left: 0, top: 1, width: 1, height: 2 },
        { left: -1, top: 0, width: 1, height: 1 },
        { left: 0.5, top: 0, width: 1, height: 1 },
        { left: 0, top: 0, width: 0, height: 1 },
      ]
    ) {
      assertThrows(() => cropPicture(picture, rectangle), RangeError, "the picture is 3x2");
    }
  });
});

describe("mirrorPicture", () => {
  it("swaps left and right, channels staying in order", () => {
    assertEquals(
      mirrorPicture(picture).data,
      new Float32Array([3, -3, 2, -2, 1, -1, 6, -6, 5, -5, 4, -4]),
    );
  });

  it("gives the picture again when done twice", () => {
    assertEquals(mirrorPicture(mirrorPicture(picture)), picture);
  });
});

describe("turnPicture", () => {
  it("turns clockwise, every channel of each pixel with it", () => {
    assertEquals(turnPicture(picture, 1), {
      data: new Float32Array([4, -4, 1, -1, 5, -5, 2, -2, 6, -6, 3, -3]),
      width: 2,
      height: 3,
      channels: 2,
    });
  });

  it("turns by two quarters what one quarter turns twice, and back", () => {
    assertEquals(turnPicture(picture, 2), turnPicture(turnPicture(picture, 1), 1));
    assertEquals(turnPicture(turnPicture(picture, 1), -1), picture);
    assertEquals(turnPicture(picture, 3), turnPicture(picture, -1));
    assert(turnPicture(picture, 4) === picture);
  });
});

describe("padPicture", () => {
  it("lays the picture where it is told to, on zeros", () => {
    assertEquals(padPicture(picture, { left: 1, top: 1, width: 4, height: 3 }).data[9], 0);
    const back = cropPicture(padPicture(picture, { left: 1, top: 1, width: 4, height: 4 }), {
      left: 1,
      top: 1,
      width: 3,
      height: 2,
    });
    assertEquals(back, picture);
  });

  it("refuses a frame that is too small", () => {
    assertThrows(
      () => padPicture(picture, { left: 2, top: 0, width: 4, height: 2 }),
      RangeError,
      "Cannot pad 3x2 at (2, 0): the frame is 4x2",
    );
  });
});
