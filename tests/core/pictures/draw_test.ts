import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { drawSvg } from "../../../core/pictures/draw.ts";
import { PairlabError } from "../../../core/base/errors.ts";

describe("drawSvg", () => {
  it("draws at the size of the text, on white, in three channels", async () => {
    const { data, width, height, channels } = await drawSvg(
      '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2">' +
        '<rect x="1" width="1" height="2" fill="#0000ff"/>' +
        '<rect x="2" y="1" width="1" height="1" fill="#808080"/></svg>',
    );
    assertEquals([width, height, channels], [3, 2, 3]);
    const white = [255, 255, 255], blue = [0, 0, 255], grey = [128, 128, 128];
    assertEquals([...data], [white, blue, white, white, blue, grey].flat());
  });

  it("refuses what is no drawing", async () => {
    for (const text of ["", "hello", "<svg"]) {
      await assertRejects(() => drawSvg(text), PairlabError, "Cannot draw the SVG: ");
    }
  });
});
