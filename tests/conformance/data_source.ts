/**
 * The suite for data sources, your own included:
 *
 *     conformsAsDataSource("folderPairs", () => folderPairs({ root: "dataset" }));
 *
 * in a test file runs it.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Dataset, DataSource, Pair } from "../../core/plugin.ts";
import { PairlabError } from "../../core/base/errors.ts";
import { randomStream } from "../../core/random/stream.ts";
import { assertPicture, copyOfPair } from "./pictures.ts";
import { assertSame } from "./same.ts";

/** What a data source needs of its surroundings, and what else is known of it. */
export interface DataSourceNeeds {
  /** Sources whose pairs, names or split are others: their fingerprints must be, too. */
  readonly others?: Readonly<Record<string, () => DataSource>>;
  /** Sources that cannot be made or opened; a `PairlabError` must say so. */
  readonly broken?: Readonly<Record<string, () => DataSource>>;
  /** Training pairs differ from epoch to epoch. @default false */
  readonly fresh?: boolean;
  /** Input and target have one size; not so where the networks differ in theirs. @default true */
  readonly sameSize?: boolean;
}

const SAME = "a pair that was loaded again is another: what is drawn must follow from the pair, " +
  "or from the stream that load is given";

/** Pairs that are loaded of each split, at most: a suite is quick. */
const LOADED = 6;

/** Runs the suite for what `makeSource` makes; its pairs must not change while it runs. */
export function conformsAsDataSource(
  name: string,
  makeSource: () => DataSource,
  { others = {}, broken = {}, fresh = false, sameSize = true }: DataSourceNeeds = {},
): void {
  describe(`${name} as a data source`, () => {
    it("has pairs to train on and to test with, and describes them in a line", async () => {
      const { train, test, description } = await makeSource().open();
      assert(train.names.length > 0, "there is no pair to train on");
      assert(test.names.length > 0, "there is no pair to test with: splitPairs divides");
      assert(
        description.trim() !== "" && !description.includes("\n"),
        `its description is "${description}". Use one line`,
      );
    });

    it("gives each pair a unique name", async () => {
      const { train, test, validation } = await makeSource().open();
      for (const { names } of [train, test, ...validation ? [validation] : []]) {
        assertEquals(new Set(names).size, names.length, "two pairs have one name");
      }
      const both = train.names.filter((each) => test.names.includes(each));
      // A single pair may have to do both.
      assert(both.length === 0 || train.names.length === 1, `both train and test: ${both}`);
      const others = new Set([...train.names, ...test.names]);
      const leaked = validation?.names.filter((each) => others.has(each)) ?? [];
      assertEquals(leaked, [], "pairs for validation train or test, too");
    });

    it("loads complete pictures, and pairs of the listed name", async () => {
      for (const [dataset, index] of await everyPair(makeSource())) {
        const { name: given, input, target } = await dataset.load(index);
        const promised = dataset.names[index]!;
        assert(
          given.startsWith(promised),
          `the pair is named "${given}", not "${promised}…" as names[${index}] promises`,
        );
        assertPicture(`the input of "${given}"`, input);
        assertPicture(`the target of "${given}"`, target);
        if (sameSize) {
          assertEquals([input.width, input.height], [target.width, target.height], given);
        }
      }
    });

    it("loads the same again, also at once and in another order", async () => {
      const pairs = await everyPair(makeSource());
      const first: Pair[] = [];
      for (const [dataset, index] of pairs) first.push(copyOfPair(await dataset.load(index)));
      const again = await Promise.all(
        [...pairs].reverse().flatMap(([dataset, index]) => [
          dataset.load(index),
          dataset.load(index),
        ]),
      );
      const expected = [...first].reverse().flatMap((pair) => [pair, pair]);
      assertSame(again, expected, SAME);
      // Another opening of another source finds them, too.
      const others = await everyPair(makeSource());
      for (const [position, [dataset, index]] of others.entries()) {
        assertSame(await dataset.load(index), first[position], SAME);
      }
    });

    it("draws from the stream that a load is given, and from nothing else", async () => {
      const { train } = await makeSource().open();
      const fixed = copyOfPair(await train.load(0));
      const drawn = await train.load(0, randomStream(1, "data", 1, 0));
      assertSame(await train.load(0, randomStream(1, "data", 1, 0)), drawn, SAME);
      assertEquals(await train.load(0), fixed, "a load without a stream came to differ");
      const names = new Set<string>();
      for (const epoch of [1, 2, 3, 4]) {
        const pair = await train.load(0, randomStream(1, "data", epoch, 0));
        names.add(pair.input.data.join());
      }
      assert(
        fresh ? names.size > 1 : names.size === 1,
        `${names.size} different inputs in four epochs: the suite's { fresh: ${!fresh} } says that this is meant`,
      );
    });

    it("throws a RangeError for a pair that does not exist", async () => {
      const { train, test } = await makeSource().open();
      for (const dataset of [train, test]) {
        for (const index of [-1, dataset.names.length]) {
          await assertRejects(async () => await dataset.load(index), RangeError);
        }
      }
    });

    it("keeps its fingerprint while nothing changes", async () => {
      const [one, other] = [await makeSource().open(), await makeSource().open()];
      assert(
        one.fingerprint.length >= 16,
        `"${one.fingerprint}" can hardly tell things apart: fingerprintOf([…]) of all names, sizes and options can`,
      );
      assertEquals(
        other.fingerprint,
        one.fingerprint,
        "nothing has changed and the fingerprint has: a run could not be resumed",
      );
      assertEquals([other.train.names, other.test.names], [one.train.names, one.test.names]);
      assertEquals(other.description, one.description);
    });

    for (const [difference, make] of Object.entries(others)) {
      it(`has another fingerprint for ${difference}`, async () => {
        const { fingerprint } = await make().open();
        assert(
          fingerprint !== (await makeSource().open()).fingerprint,
          "it has the same: what decides the pairs belongs into fingerprintOf([…])",
        );
      });
    }

    for (const [fault, make] of Object.entries(broken)) {
      it(`says clearly what is wrong with ${fault}`, async () => {
        const { message } = await assertRejects(async () => await make().open(), PairlabError);
        assert(
          message.startsWith("Cannot "),
          `its error is "${message}": write "Cannot …: what was found. What to do."`,
        );
      });
    }

    it("tells its progress in order and to the end, if it tells any", async () => {
      const told: (readonly [number, number])[] = [];
      await makeSource().open((done, total) => told.push([done, total]));
      for (const [done, total] of told) assert(done >= 0 && done <= total, `${done} of ${total}`);
    });
  });
}

/** Some pairs of both splits. */
async function everyPair(source: DataSource): Promise<(readonly [Dataset, number])[]> {
  const { train, test } = await source.open();
  return [train, test].flatMap((dataset) =>
    dataset.names.slice(0, LOADED).map((_, index) => [dataset, index] as const)
  );
}
