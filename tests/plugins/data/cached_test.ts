import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, randomStream } from "../../../core/plugin.ts";
import { cached } from "../../../plugins/data/cached.ts";
import { plain } from "./plain.ts";

/** Bytes of a plain pair: two pictures of 4x4 in colour. */
const PAIR = 96;

describe("cached", () => {
  it("loads a pair once, whoever asks how often", async () => {
    const source = plain("a");
    const { train, test } = await cached(source).open();
    const first = await train.load(2);
    assertEquals(await train.load(2), first);
    await test.load(0);
    await test.load(0);
    assertEquals(source.loads, [2, 4]);
  });

  it("keeps the first ones where there is no room for all", async () => {
    const source = plain("a", { train: 8, test: 2 });
    const { train } = await cached(source, { megabytes: 5 * PAIR / 1e6 }).open();
    for (const index of [7, 6, 5, 4, 3]) await train.load(index);
    source.loads.length = 0;
    for (const index of [7, 6, 5, 4, 3]) assertEquals((await train.load(index)).name, `a${index}`);
    // Four of eight, as the two that test may need theirs.
    assertEquals(source.loads, [3]);
  });

  it("hands out pairs that nobody can spoil", async () => {
    const { train } = await cached(plain("a")).open();
    const first = await train.load(1);
    first.input.data.fill(99);
    assertEquals((await train.load(1)).input.data[0], 1);
  });

  it("keeps nothing that was drawn", async () => {
    const { train } = await cached(plain("a", { draws: true })).open();
    const [one, other] = [1, 2].map((epoch) => train.load(0, randomStream(epoch)));
    assertNotEquals((await one!).name, (await other!).name);
  });

  it("is told from its source by nothing else", async () => {
    const source = plain("a");
    const [one, other] = [await source.open(), await cached(source).open()];
    assertEquals(other.fingerprint, one.fingerprint);
    assertEquals(other.description, one.description);
    assertEquals(other.train.names, one.train.names);
  });

  it("refuses sizes that are none", () => {
    assertThrows(() => cached(plain("a"), { megabytes: -1 }), PairlabError, "-1 megabytes");
    assertThrows(() => cached(plain("a"), { megabytes: NaN }), PairlabError, "NaN megabytes");
  });
});
