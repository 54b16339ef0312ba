import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { composePanel } from "../../../core/pictures/panel.ts";
import { cutPanel } from "../../../core/pictures/cut_panel.ts";
import { spread } from "../../../core/report/samples.ts";
import { flat } from "./fake_run.ts";

describe("the samples of a run", () => {
  it("cut input and target out of the panels that the callback draws", async () => {
    for (const size of [16, 100, 256, 600]) {
      const panel = await composePanel([
        { title: "Input Image", picture: flat([255, 0, 0], size) },
        { title: "Ground Truth", picture: flat([0, 255, 0], size) },
        { title: "Predicted Image", picture: flat([0, 0, 255], size) },
      ]);
      const sides = cutPanel(panel, { width: size, height: size });
      assert(sides !== null, `${size}`);
      assertEquals(sides.input, flat([255, 0, 0], sides.input.width));
      assertEquals(sides.target, flat([0, 255, 0], sides.input.width));
    }
  });

  it("leave a panel of another form alone", () => {
    assertEquals(cutPanel(flat([1, 2, 3], 300), { width: 64, height: 64 }), null);
  });

  it("take the last epoch first, then the first, then those between, each once", () => {
    assertEquals(spread([1, 2, 3, 4, 5]), [5, 1, 3, 2, 4]);
    assertEquals(spread([7]), [7]);
    assertEquals(spread([]), []);
    const epochs = Array.from({ length: 100 }, (_, i) => i + 1);
    assertEquals(spread(epochs).toSorted((a, b) => a - b), epochs);
  });
});
