import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import { concatenate } from "../../../plugins/data/concatenate.ts";
import { plain } from "./plain.ts";

describe("concatenate", () => {
  it("puts the pairs of each split one after the other", async () => {
    const data = concatenate(plain("a", { train: 2 }), plain("b", { train: 1, test: 2 }));
    const { train, test, description } = await data.open();
    assertEquals(train.names, ["a0", "a1", "b0"]);
    assertEquals(test.names, ["a2", "b1", "b2"]);
    assertEquals(description, "3 plain pairs and 3 plain pairs");
    const { name, target } = await test.load(2);
    assertEquals([name, target.data[0]], ["b2", 4]);
    await assertRejects(() => test.load(3), RangeError, "there are 3");
  });

  it("tells pairs of one name apart by their source, whatever was drawn for them", async () => {
    const drawing = plain("a", { train: 1, draws: true });
    const { train } = await concatenate(drawing, drawing).open();
    assertEquals(train.names, ["1-a0", "2-a0"]);
    assertEquals((await train.load(1)).name, "2-a0");
    const random = { integer: () => 77 } as never;
    assertEquals((await train.load(1, random)).name, "2-a0 (77)");
  });

  it("leaves a single source its names, and refuses none", async () => {
    assertEquals((await concatenate(plain("a")).open()).train.names, ["a0", "a1", "a2", "a3"]);
    assertThrows(() => concatenate(), PairlabError, "Use one or more.");
  });
});
