import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, randomStream } from "../../../core/plugin.ts";
import { repeat } from "../../../plugins/data/repeat.ts";
import { plain } from "./plain.ts";

describe("repeat", () => {
  it("repeats the pairs that train, and not those that test", async () => {
    const { train, test, description } = await repeat(plain("a", { train: 2 }), 3).open();
    assertEquals(train.names, ["a0", "a1", "a0 #2", "a1 #2", "a0 #3", "a1 #3"]);
    assertEquals(test.names, ["a2"]);
    assertEquals(description, "3 plain pairs, each of those that train 3 times an epoch");
    for (const [index, name] of train.names.entries()) {
      const pair = await train.load(index);
      assertEquals([pair.name, pair.input.data[0]], [name, index % 2]);
    }
    for (const index of [-1, 6]) await assertRejects(() => train.load(index), RangeError);
  });

  it("keeps what was drawn at the end of the name", async () => {
    const { train } = await repeat(plain("a", { train: 1, draws: true }), 2).open();
    const drawn = randomStream(1).integer(200);
    assertEquals((await train.load(1, randomStream(1))).name, `a0 #2 (${drawn})`);
  });

  it("changes nothing once, and refuses other numbers", async () => {
    assertEquals((await repeat(plain("a"), 1).open()).train.names, ["a0", "a1", "a2", "a3"]);
    for (const times of [0, 1.5, -1]) {
      assertThrows(() => repeat(plain("a"), times), PairlabError, `${times} times`);
    }
  });
});
