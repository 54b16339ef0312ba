import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { MetricsLine } from "../../../core/runs/metrics_log.ts";
import { curvesOf, stepsPerEpoch } from "../../../core/report/curves.ts";

function stepLine(step: number, losses: Record<string, number>): MetricsLine {
  return { kind: "step", epoch: 1, step, losses, milliseconds: 1, pairs: [] };
}

describe("the curves of a run", () => {
  it("are all losses, sums before terms, and what was recorded", () => {
    const lines: MetricsLine[] = [
      stepLine(1, { "discriminator.gan": 1, discriminator: 1, "generator.l1": 2, generator: 3 }),
      stepLine(2, { "discriminator.gan": 4, discriminator: 4, "generator.l1": 5, generator: 6 }),
      { kind: "epoch", epoch: 1, step: 2, losses: { generator: 4.5 }, seconds: 1 },
      { kind: "metrics", epoch: 1, step: 2, values: { psnr: 20 } },
    ];
    assertEquals(curvesOf(lines), [
      { name: "generator", steps: [1, 2], values: [3, 6] },
      { name: "generator.l1", steps: [1, 2], values: [2, 5] },
      { name: "discriminator", steps: [1, 2], values: [1, 4] },
      { name: "discriminator.gan", steps: [1, 2], values: [1, 4] },
      { name: "metrics: psnr", steps: [2], values: [20] },
    ]);
    assertEquals(stepsPerEpoch(lines), 2);
  });

  it("have a gap where a loss was not finite, which JSON keeps as null", () => {
    const lines = [stepLine(1, { generator: 1 }), stepLine(2, { generator: null as never })];
    assertEquals(curvesOf(lines)[0]?.values, [1, null]);
  });

  it("are thinned out to means where they are long", () => {
    const lines = Array.from({ length: 4500 }, (_, i) => stepLine(i + 1, { generator: i }));
    const [curve] = curvesOf(lines);
    assert(curve !== undefined);
    assertEquals(curve.steps.length, 1500);
    assertEquals(curve.steps.slice(0, 2), [2, 5]);
    assertEquals(curve.values.slice(0, 2), [1, 4]);
  });
});
