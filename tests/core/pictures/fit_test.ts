import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fitToSize, placeInFrame, unfit } from "../../../core/pictures/fit.ts";
import type { Fit, Picture } from "../../../core/plugin.ts";

/** Each pixel tells its column and its row. */
function coordinates(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 2);
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width)], i * 2);
  return { data, width, height, channels: 2 };
}

const fits: readonly Fit[] = ["resize", "cover", "crop", "pad"];

describe("fitting into a frame", () => {
  it("resizes each direction by itself", () => {
    const place = placeInFrame({ width: 300, height: 90 }, { width: 64, height: 32 }, "resize");
    assertEquals(place, { left: 0, top: 0, width: 64, height: 32 });
  });

  it("covers the frame and cuts as much from either side", () => {
    const frame = { width: 256, height: 256 };
    assertEquals(placeInFrame({ width: 500, height: 333 }, frame, "cover"), {
      left: -64, // 384 wide: 128 too many
      top: 0,
      width: 384,
      height: 256,
    });
    assertEquals(placeInFrame({ width: 100, height: 200 }, frame, "cover"), {
      left: 0,
      top: -128,
      width: 256,
      height: 512,
    });
  });

  it("crops at the picture's own scale, unless it is too small", () => {
    const frame = { width: 256, height: 256 };
    assertEquals(placeInFrame({ width: 500, height: 333 }, frame, "crop"), {
      left: -122,
      top: -39,
      width: 500,
      height: 333,
    });
    assertEquals(
      placeInFrame({ width: 500, height: 128 }, frame, "crop"),
      placeInFrame({ width: 500, height: 128 }, frame, "cover"),
    );
  });

  it("pads what is left on both sides", () => {
    assertEquals(placeInFrame({ width: 500, height: 250 }, { width: 256, height: 256 }, "pad"), {
      left: 0,
      top: 64,
      width: 256,
      height: 128,
    });
    // However thin, a pixel of it is left.
    assertEquals(
      placeInFrame({ width: 2000, height: 1 }, { width: 100, height: 100 }, "pad").height,
      1,
    );
  });

  it("gives the frame's size for any picture, and leaves a picture of that size alone", async () => {
    for (const fit of fits) {
      for (const [width, height] of [[7, 3], [3, 9], [31, 17], [1, 1], [12, 8], [13, 8]] as const) {
        const picture = coordinates(width, height);
        const fitted = await fitToSize(picture, { width: 12, height: 8 }, {
          fit,
          kernel: "nearest",
        });
        assertEquals([fitted.width, fitted.height, fitted.data.length], [12, 8, 12 * 8 * 2]);
        if (width === 12 && height === 8) assert(fitted === picture);
      }
    }
  });

  it("cuts out the middle pixels as they are", async () => {
    const { data } = await fitToSize(coordinates(6, 4), { width: 2, height: 2 }, { fit: "crop" });
    assertEquals([...data], [2, 1, 3, 1, 2, 2, 3, 2]);
  });

  it("is undone, where nothing was cut off", async () => {
    const picture = coordinates(6, 3);
    for (const fit of ["resize", "pad"] as const) {
      const options = { fit, kernel: "nearest" } as const;
      const fitted = await fitToSize(picture, { width: 24, height: 24 }, options);
      assertEquals(await unfit(fitted, picture, options), picture);
    }
  });

  it("is undone to the part that was seen, where something was cut off", async () => {
    const picture = coordinates(6, 3);
    for (const [fit, columns] of [["cover", [2, 3]], ["crop", [2, 3]]] as const) {
      const options = { fit, kernel: "nearest" } as const;
      const fitted = await fitToSize(picture, { width: 4, height: 6 }, options);
      const { width, height, data } = await unfit(fitted, picture, options);
      assertEquals([width, height], [2, 3]);
      assertEquals([...data.slice(0, 4)], [columns[0], 0, columns[1], 0]);
    }
  });
});
