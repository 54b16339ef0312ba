import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, type Picture, randomStream } from "../../../core/plugin.ts";
import { rotate } from "../../../plugins/augment/rotate.ts";

function grey(width: number, height: number): Picture {
  const data = Uint8Array.from({ length: width * height }, (_, i) => i);
  return { data, width, height, channels: 1 };
}

async function results(picture: Picture, options: Parameters<typeof rotate>[0]): Promise<string[]> {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const pair = { name: "grey", input: picture, target: picture };
    seen.add((await rotate(options)(pair, randomStream(seed))).target.data.join(" "));
  }
  return [...seen].sort();
}

describe("rotate", () => {
  it("turns squares by quarters, all four of them", async () => {
    assertEquals(await results(grey(2, 2), { quarters: true }), [
      "0 1 2 3",
      "1 3 0 2",
      "2 0 3 1",
      "3 2 1 0",
    ]);
  });

  it("turns what is not square by halves only, so that its shape stays", async () => {
    assertEquals(await results(grey(3, 2), { quarters: true }), ["0 1 2 3 4 5", "5 4 3 2 1 0"]);
  });

  it("turns by an angle within the range, clockwise", async () => {
    // A bright spot to the right of the middle comes to lie below it.
    const data = new Uint8Array(21 * 21);
    data[10 * 21 + 18] = 255;
    const picture = { data, width: 21, height: 21, channels: 1 };
    const pair = { name: "spot", input: picture, target: picture };
    const { input } = await rotate({ degrees: 90, kernel: "nearest" })(pair, randomStream(1));
    assertEquals(input.data.indexOf(255), 18 * 21 + 10);
    const none = await rotate({ degrees: 0 })(pair, randomStream(1));
    assert(none.input === picture);
  });

  it("refuses angles that are none, and pairs of two sizes", async () => {
    assertThrows(() => rotate({ degrees: [5, -5] }), PairlabError, "rotation of [5, -5]");
    assertThrows(() => rotate({ degrees: 270 }), PairlabError, "rotation of 270");
    const pair = { name: "odd", input: grey(3, 2), target: grey(2, 3) };
    await assertRejects(
      async () => await rotate()(pair, randomStream(1)),
      PairlabError,
      'Cannot rotate the pair "odd": its input is 3x2 and its target 2x3',
    );
  });
});
