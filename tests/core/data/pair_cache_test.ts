import { Buffer } from "node:buffer";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cachePairs, pictureBudget } from "../../../core/data/pair_cache.ts";
import type { Dataset } from "../../../core/plugin.ts";
import { type Random, randomStream } from "../../../core/random/stream.ts";
import { plainPairs } from "../train/tiny.ts";

/** A pair of `plainPairs`: two pictures of 32x32 in three bytes a pixel. */
const PAIR = 2 * 32 * 32 * 3;

/** Counts what is loaded of each pair. */
function counted(dataset: Dataset): { dataset: Dataset; loads: number[] } {
  const loads = dataset.names.map(() => 0);
  const load: Dataset["load"] = (index, random) => {
    loads[index]!++;
    return dataset.load(index, random);
  };
  return { dataset: { names: dataset.names, load }, loads };
}

async function epoch(dataset: Dataset): Promise<void> {
  for (const index of dataset.names.keys()) {
    await dataset.load(index, randomStream(1, "data", index));
  }
}

describe("kept pairs", () => {
  it("are loaded once, and the same ever after", async () => {
    const { dataset, loads } = counted(plainPairs(3));
    const kept = cachePairs(dataset, { bytes: 3 * PAIR });
    for (let i = 0; i < 3; i++) await epoch(kept);
    assertEquals(loads, [1, 1, 1]);
    assertEquals(await kept.load(1), await plainPairs(3).load(1));
  });

  it("are those that came first when there is no room for all, and the others are loaded", async () => {
    const { dataset, loads } = counted(plainPairs(4));
    const kept = cachePairs(dataset, { bytes: 3 * PAIR - 1 });
    for (let i = 0; i < 3; i++) await epoch(kept);
    assertEquals(loads, [1, 1, 3, 3]);
  });

  it("take their room once, though loaded twice at once", async () => {
    const { dataset, loads } = counted(plainPairs(2));
    const kept = cachePairs(dataset, { bytes: 2 * PAIR });
    await Promise.all([kept.load(0), kept.load(0)]);
    await epoch(kept);
    await epoch(kept);
    assertEquals(loads, [2, 1]);
  });

  it("are not changed by who changes what he was given", async () => {
    const kept = cachePairs(plainPairs(1), { bytes: PAIR });
    for (let i = 0; i < 2; i++) {
      const { input, target } = await kept.load(0);
      input.data.fill(0);
      target.data.fill(0);
    }
    assertEquals(await kept.load(0), await plainPairs(1).load(0));
  });

  it("are copies even of a Buffer, whose slices share memory", async () => {
    const data = Buffer.from([1, 2, 3]);
    const picture = { data, height: 1, width: 1, channels: 3 };
    const pair = { name: "grey", input: picture, target: picture };
    const kept = cachePairs({ names: ["grey"], load: () => Promise.resolve(pair) }, { bytes: 6 });
    (await kept.load(0)).input.data.fill(9);
    assertEquals([...(await kept.load(0)).input.data], [1, 2, 3]);
  });

  it("leave out pairs for which the data set draws", async () => {
    const inner = plainPairs(2);
    const draws: Record<number, (random: Random) => unknown> = {
      0: () => 0,
      1: (random) => random.integer(7),
    };
    const { dataset, loads } = counted({
      names: inner.names,
      load: async (index, random) => {
        const pair = await inner.load(index);
        return { ...pair, name: `${pair.name} ${random && draws[index]?.(random)}` };
      },
    });
    const kept = cachePairs(dataset, { bytes: 2 * PAIR });
    await epoch(kept);
    await epoch(kept);
    assertEquals(loads, [1, 2]);
  });

  it("draw the numbers that they would draw otherwise", async () => {
    const drawing: Dataset = {
      names: ["drawn"],
      load: async (index, random) => {
        const numbers = random &&
          [random.uniform(), random.integer(100), random.normal(), random.shuffle([1, 2, 3])];
        return { ...await plainPairs(1).load(index), name: JSON.stringify(numbers) };
      },
    };
    const kept = cachePairs(drawing);
    const drawn = async (dataset: Dataset, seed: number): Promise<string> =>
      (await dataset.load(0, randomStream(seed))).name;
    assertEquals(await drawn(kept, 1), await drawn(drawing, 1));
    assertEquals(await drawn(kept, 2), await drawn(drawing, 2));
    assertNotEquals(await drawn(kept, 1), await drawn(kept, 2));
  });

  it("take half a gibibyte, and no more than an eighth of a small machine", () => {
    const budget = pictureBudget();
    assert(budget <= 2 ** 29 && budget <= Deno.systemMemoryInfo().total / 8);
  });
});
