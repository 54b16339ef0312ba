import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Better, Callback, TrainingRun } from "../../../core/plugin.ts";
import { best } from "../../../plugins/callbacks/best.ts";

/** Records values, one an epoch, and gives the epochs at which a checkpoint was asked for. */
async function savesOf(
  callback: Callback,
  values: readonly number[],
  from = 0,
): Promise<[epoch: number, keep: string | undefined][]> {
  const saves: [number, string | undefined][] = [];
  for (const [index, score] of values.entries()) {
    const epoch = from + index + 1;
    const run = {
      save: ({ keep }: { keep?: string } = {}) => void saves.push([epoch, keep]),
      say: () => {},
    } as unknown as TrainingRun;
    await callback.onRecord?.(run, { epoch, step: epoch, values: { score, other: -score } });
  }
  return saves;
}

const epochsOf = async (better: Better, values: readonly number[]): Promise<number[]> =>
  (await savesOf(best({ name: "score", better }), values)).map(([epoch]) => epoch);

describe("best", () => {
  it("asks for a checkpoint whenever the metric is better than ever before", async () => {
    assertEquals(await epochsOf("higher", [3, 2, 3, 4, 1, 5]), [1, 4, 6]);
    assertEquals(await epochsOf("lower", [3, 2, 3, 4, 1, 5]), [1, 2, 5]);
    assertEquals(await epochsOf(1, [3, 0.5, 1.4, 0.9]), [1, 2, 3, 4]);
  });

  it("takes no notice of what is not a number", async () => {
    assertEquals(await epochsOf("higher", [NaN, 1, NaN, 0]), [2]);
  });

  it("keeps it under its word", async () => {
    const metric = { name: "score", better: "higher" } as const;
    assertEquals(await savesOf(best(metric), [1]), [[1, "best"]]);
    assertEquals(await savesOf(best(metric, { keep: "sharpest" }), [1]), [[1, "sharpest"]]);
  });

  it("remembers the best when it is restored, an infinite one too", async () => {
    const metric = { name: "score", better: "higher" } as const;
    for (const value of [1 / 3, Infinity]) {
      const callback = best(metric), resumed = best(metric);
      await savesOf(callback, [value]);
      resumed.restore?.(JSON.parse(JSON.stringify(callback.state?.())));
      assertEquals(await savesOf(resumed, [value, value - 1], 1), []);
    }
    const fresh = best(metric);
    fresh.restore?.(JSON.parse(JSON.stringify(best(metric).state?.())));
    assertEquals(await savesOf(fresh, [0]), [[1, "best"]]);
  });

  it("says at the end that the metric was never recorded", async () => {
    const said: string[] = [];
    const run = { say: (line: string) => void said.push(line) } as unknown as TrainingRun;
    await best({ name: "psnr", better: "higher" }).onTrainEnd?.(run);
    assertMatch(said.join(), /evaluateEvery\(n, \{ metrics: \[psnr/);
    const seen = best({ name: "score", better: "higher" });
    await savesOf(seen, [1]);
    await seen.onTrainEnd?.(run);
    assertEquals(said.length, 1);
  });
});
