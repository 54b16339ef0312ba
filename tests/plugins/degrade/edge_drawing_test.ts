import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { drawEdges, PairlabError, randomStream } from "../../../core/plugin.ts";
import { edgeDrawing } from "../../../plugins/degrade/edge_drawing.ts";
import { structured } from "./pictures.ts";

describe("edgeDrawing", () => {
  it("is what drawEdges draws, and records by which numbers", async () => {
    const { picture, parameters } = await edgeDrawing({ sigma: 2, high: 6 }).apply(
      structured(),
      randomStream(1),
    );
    assertEquals(picture, drawEdges(structured(), { sigma: 2, high: 6 }));
    assertEquals(parameters, { sigma: 2, high: 6, low: 5 });
  });

  it("refuses a beginning that is less steep than a continuation", () => {
    assertThrows(() => edgeDrawing({ high: 3, low: 4 }), PairlabError, "high 3, low 4");
    assertThrows(() => edgeDrawing({ sigma: -1 }), PairlabError, "sigma -1");
  });
});
