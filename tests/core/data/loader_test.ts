import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { batchesOf, type LoaderOptions, stepsPerEpoch } from "../../../core/data/loader.ts";
import type { Dataset, Pair } from "../../../core/plugin.ts";
import { plainPairs, tinyShape } from "../train/tiny.ts";

const options: LoaderOptions = {
  shape: tinyShape,
  batch: 2,
  seed: 23,
  shuffle: true,
  resize: "cubic",
};

async function namesOf(
  dataset: Dataset,
  epoch: number,
  from: number,
  changes: Partial<LoaderOptions> = {},
): Promise<string[][]> {
  const batches: string[][] = [];
  for await (const pairs of batchesOf(dataset, epoch, from, { ...options, ...changes })) {
    batches.push(pairs.map(({ name }) => name));
  }
  return batches;
}

describe("an epoch's batches", () => {
  it("hold every pair once, the last batch what is left", async () => {
    const batches = await namesOf(plainPairs(5), 1, 0);
    assertEquals(batches.map((names) => names.length), [2, 2, 1]);
    assertEquals(batches.flat().sort(), plainPairs(5).names);
    assertEquals(stepsPerEpoch(5, 2), 3);
  });

  it("come in a new order in each epoch, and in the same one when the epoch is run again", async () => {
    const first = await namesOf(plainPairs(20), 1, 0);
    assertEquals(await namesOf(plainPairs(20), 1, 0), first);
    assertNotEquals(await namesOf(plainPairs(20), 2, 0), first);
    assertNotEquals(await namesOf(plainPairs(20), 1, 0, { seed: 24 }), first);
  });

  it("come in the order of the data set when they are not shuffled", async () => {
    const batches = await namesOf(plainPairs(4), 3, 0, { shuffle: false });
    assertEquals(batches, [["pair0", "pair1"], ["pair2", "pair3"]]);
  });

  it("hand each load a stream of its own, the same whenever the epoch is run again", async () => {
    const draws = async (epoch: number, from: number): Promise<Map<string, number | undefined>> => {
      const inner = plainPairs(4);
      const seen = new Map<string, number | undefined>();
      const drawing: Dataset = {
        names: inner.names,
        load: (index, random) => {
          seen.set(inner.names[index]!, random?.uniform());
          return inner.load(index);
        },
      };
      await namesOf(drawing, epoch, from);
      return seen;
    };
    const first = await draws(1, 0), second = await draws(2, 0);
    assertEquals(new Set([...first.values(), ...second.values()]).size, 8);
    for (const [name, value] of await draws(1, 1)) assertEquals(value, first.get(name));
  });

  it("go on from any step as they would have", async () => {
    const all = await namesOf(plainPairs(9), 4, 0);
    assertEquals(await namesOf(plainPairs(9), 4, 3), all.slice(3));
  });

  it("draw the same for a pair, wherever the epoch is entered", async () => {
    const draws = async (from: number): Promise<Map<string, number>> => {
      const seen = new Map<string, number>();
      const augment = (pair: Pair, random: { uniform(): number }): Pair => {
        seen.set(pair.name, random.uniform());
        return pair;
      };
      await namesOf(plainPairs(6), 2, from, { augment });
      return seen;
    };
    const whole = await draws(0);
    assertEquals(new Set(whole.values()).size, 6);
    for (const [name, value] of await draws(1)) assertEquals(value, whole.get(name));
  });

  const mostAtOnce = async (changes: Partial<LoaderOptions>): Promise<number> => {
    let loading = 0, most = 0;
    const inner = plainPairs(24);
    const slow: Dataset = {
      names: inner.names,
      load: async (index) => {
        most = Math.max(most, ++loading);
        await new Promise((resolve) => setTimeout(resolve, 1));
        loading--;
        return inner.load(index);
      },
    };
    await namesOf(slow, 1, 0, changes);
    return most;
  };

  it("are loaded ahead, but no further than the bound", async () => {
    assertEquals(await mostAtOnce({ batch: 1, ahead: 3 }), 3);
    assertEquals(await mostAtOnce({ batch: 1 }), 8);
    assertEquals(await mostAtOnce({ batch: 3 }), 9);
  });

  it("are loaded ahead by two, however large they are", async () => {
    assertEquals(await mostAtOnce({ batch: 12 }), 24);
    assertEquals(await mostAtOnce({ batch: 6, ahead: 1 }), 12);
  });

  it("fail where the broken pair is taken, after those before it", async () => {
    const inner = plainPairs(4);
    const broken: Dataset = {
      names: inner.names,
      load: (index) =>
        index === 3 ? Promise.reject(new PairlabError("Cannot read pair3")) : inner.load(index),
    };
    const taken: string[] = [];
    await assertRejects(
      async () => {
        for await (
          const [pair] of batchesOf(broken, 1, 0, { ...options, batch: 1, shuffle: false })
        ) taken.push(pair?.name ?? "");
      },
      PairlabError,
      "pair3",
    );
    assertEquals(taken, ["pair0", "pair1", "pair2"]);
  });
});
