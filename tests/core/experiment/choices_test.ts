import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { choicesOf } from "../../../core/experiment/choices.ts";
import { loadExperiment, planExperiment } from "../../../core/experiment/plan.ts";
import { adam, best, evaluateEvery, plateau, psnr, ssimIndex } from "../../../mod.ts";

const planned = planExperiment(await loadExperiment("quickstart"), { size: 32 });

describe("the choices of a training", () => {
  const wiring = { ...planned.wiring, optimizer: adam({ rate: plateau({ metric: psnr() }) }) };
  const measured = evaluateEvery(1, { metrics: [psnr(), ssimIndex()] });
  const byTest = evaluateEvery(5, { metrics: [psnr()], split: "test" });

  it("are made by test pictures where a value is measured of both, in either order", () => {
    for (const measuring of [[measured, byTest], [byTest, measured]]) {
      const callbacks = [best(psnr()), ...measuring, best(ssimIndex())];
      assertEquals(choicesOf({ ...wiring, callbacks }), [
        { by: "best(psnr)", value: "psnr", split: "test" },
        { by: "best(ssim)", value: "ssim", split: "validation" },
        { by: "learning rate", value: "psnr", split: "test" },
      ]);
    }
  });

  it("are made by test pictures where no others were kept", () => {
    const choices = choicesOf({ ...wiring, callbacks: [measured] }, false);
    assertEquals(choices, [{ by: "learning rate", value: "psnr", split: "test" }]);
    assertEquals(choicesOf({ ...wiring, callbacks: [] }), []);
  });
});
