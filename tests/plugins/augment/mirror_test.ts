import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Pair, randomStream } from "../../../core/plugin.ts";
import { mirror, type MirrorOptions } from "../../../plugins/augment/mirror.ts";

const picture = { data: new Uint8Array([1, 2, 3, 4, 5, 6]), width: 3, height: 2, channels: 1 };
const pair: Pair = { name: "six", input: picture, target: picture };

/** How often each result comes in 400 draws. */
async function tally(options?: MirrorOptions): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (let seed = 0; seed < 400; seed++) {
    const { input } = await mirror(options)(pair, randomStream(seed));
    const key = input.data.join("");
    seen[key] = (seen[key] ?? 0) + 1;
  }
  return seen;
}

describe("mirror", () => {
  it("mirrors half of the pairs left to right", async () => {
    const seen = await tally();
    assertEquals(Object.keys(seen).sort(), ["123456", "321654"]);
    // 200 expected, standard deviation 10.
    assert(Math.abs(seen["123456"]! - 200) < 50, JSON.stringify(seen));
  });

  it("mirrors top to bottom as well, or alone, when told to", async () => {
    const both = await tally({ vertical: true });
    assertEquals(Object.keys(both).sort(), ["123456", "321654", "456123", "654321"]);
    // 100 expected, standard deviation 9.
    assert(Object.values(both).every((count) => Math.abs(count - 100) < 45), JSON.stringify(both));
    const alone = await tally({ horizontal: false, vertical: true });
    assertEquals(Object.keys(alone).sort(), ["123456", "456123"]);
  });
});
