import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Callback, TrainingRun } from "../../../core/plugin.ts";
import {
  earlyStopping,
  type EarlyStoppingOptions,
} from "../../../plugins/callbacks/early_stopping.ts";

const metric = { name: "score", better: "higher" } as const;

/** Records values, one an epoch, and gives the epochs at which it stops, with its reasons. */
async function stopsOf(
  callback: Callback,
  values: readonly number[],
  from = 0,
): Promise<[epoch: number, reason: string][]> {
  const stops: [number, string][] = [];
  for (const [index, score] of values.entries()) {
    const epoch = from + index + 1;
    const run = {
      stop: (reason: string) => void stops.push([epoch, reason]),
    } as unknown as TrainingRun;
    await callback.onRecord?.(run, { epoch, step: epoch, values: { score } });
  }
  return stops;
}

const epochsOf = async (
  options: Partial<EarlyStoppingOptions>,
  values: readonly number[],
): Promise<number[]> =>
  (await stopsOf(earlyStopping({ metric, ...options }), values)).map(([epoch]) => epoch);

describe("early stopping", () => {
  it("stops when the metric was not better for as many evaluations as its patience", async () => {
    assertEquals(await epochsOf({ patience: 2 }, [1, 2, 1, 3, 2]), []);
    assertEquals(await stopsOf(earlyStopping({ metric, patience: 2 }), [1, 3, 2, 3]), [
      [4, "score has not been better than 3 since epoch 2"],
    ]);
    const lower = { name: "score", better: "lower" } as const;
    assertEquals(await epochsOf({ metric: lower, patience: 1 }, [3, 2, 1, 1]), [4]);
  });

  it("asks for a margin where it is told to", async () => {
    assertEquals(await epochsOf({ patience: 2, margin: 0.5 }, [1, 1.4, 1.6, 1.9, 2]), [5]);
    assertEquals(await epochsOf({ patience: 2 }, [1, 1.4, 1.6, 1.9, 2]), []);
    assertEquals(await stopsOf(earlyStopping({ metric, patience: 1, margin: 0.5 }), [1, 1.4]), [
      [2, "score has not been better than 1 by more than 0.5 since epoch 1"],
    ]);
  });

  it("waits ten times unless it is told otherwise, and as long again if it is not heeded", async () => {
    assertEquals(await epochsOf({}, Array(21).fill(1)), [11, 21]);
  });

  it("goes on counting when it is restored", async () => {
    const callback = earlyStopping({ metric, patience: 3 });
    await stopsOf(callback, [5, 4, 4]);
    const resumed = earlyStopping({ metric, patience: 3 });
    resumed.restore?.(JSON.parse(JSON.stringify(callback.state?.())));
    assertEquals(await stopsOf(resumed, [4], 3), [
      [4, "score has not been better than 5 since epoch 1"],
    ]);
    const fresh = earlyStopping({ metric, patience: 1 });
    fresh.restore?.(null);
    assertEquals(await stopsOf(fresh, [1, 1]), [
      [2, "score has not been better than 1 since epoch 1"],
    ]);
  });

  it("says at the end that the metric was never recorded", async () => {
    const said: string[] = [];
    const run = { say: (line: string) => void said.push(line) } as unknown as TrainingRun;
    await earlyStopping({ metric }).onTrainEnd?.(run);
    assertMatch(said.join(), /"score" was never recorded/);
  });

  it("refuses a patience of none and a margin below 0", () => {
    for (const patience of [0, -1, 1.5, NaN]) {
      assertThrows(() => earlyStopping({ metric, patience }), RangeError);
    }
    for (const margin of [-1, NaN]) {
      assertThrows(() => earlyStopping({ metric, margin }), RangeError);
    }
  });
});
