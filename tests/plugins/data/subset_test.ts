import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import { subset } from "../../../plugins/data/subset.ts";
import { plain } from "./plain.ts";

const many = plain("a", { train: 30, test: 10 });

async function chosen(train: number, seed?: number): Promise<readonly string[]> {
  const options = seed === undefined ? { train } : { train, seed };
  return (await subset(many, options).open()).train.names;
}

describe("subset", () => {
  it("takes the first pairs of each split, and all where nothing is said", async () => {
    const { train, test, description } = await subset(many, { train: 2 }).open();
    assertEquals(train.names, ["a0", "a1"]);
    assertEquals(test.names.length, 10);
    assertEquals(description, "subset (2 train, 10 test) of 40 plain pairs");
    assertEquals((await subset(many, { test: 1 }).open()).test.names, ["a30"]);
  });

  it("chooses at random, in the source's order, more of them holding all of fewer", async () => {
    const ten = await chosen(10, 1), twenty = await chosen(20, 1);
    assertNotEquals(ten, await chosen(10));
    assertNotEquals(ten, await chosen(10, 2));
    assertEquals(ten.filter((name) => twenty.includes(name)), ten);
    const places = ten.map((name) => Number(name.slice(1)));
    assertEquals(places, [...places].sort((a, b) => a - b));
  });

  it("loads what its names say, and hands the stream on", async () => {
    const drawing = plain("a", { train: 30, draws: true });
    const { train } = await subset(drawing, { train: 5, seed: 3 }).open();
    for (const [index, name] of train.names.entries()) {
      assertEquals((await train.load(index)).name, name);
    }
    const random = { integer: () => 77 } as never;
    assertEquals((await train.load(1, random)).input.data[0], 77);
  });

  it("refuses more than there are, and numbers that are none", async () => {
    await assertRejects(
      () => subset(many, { train: 31 }).open(),
      PairlabError,
      "Cannot use 31 pairs to train: there are 30",
    );
    assertThrows(() => subset(many, { test: 0 }), PairlabError, "subset of 0 pairs");
  });
});
