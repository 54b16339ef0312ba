import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Augment, type Pair, randomStream } from "../../../core/plugin.ts";
import { compose } from "../../../plugins/augment/compose.ts";

const picture = { data: new Uint8Array([0]), width: 1, height: 1, channels: 1 };
const pair: Pair = { name: "", input: picture, target: picture };

/** Writes a letter and its draw into the pair's name. */
function note(letter: string): Augment {
  return ({ name, ...rest }, random) => ({
    ...rest,
    name: `${name}${letter}${random.integer(1e6)} `,
  });
}

describe("compose", () => {
  it("runs augments one after the other, waiting for each, from one stream", async () => {
    const slow: Augment = async (given, random) => {
      await Promise.resolve();
      return note("b")(given, random);
    };
    const { name } = await compose(note("a"), slow, note("c"))(pair, randomStream(23));
    const random = randomStream(23);
    const draws = [0, 1, 2].map(() => random.integer(1e6));
    assertEquals(name, `a${draws[0]} b${draws[1]} c${draws[2]} `);
  });

  it("is an augment itself, and none changes nothing", async () => {
    const nested = compose(compose(note("a")), compose());
    const { name } = await nested(pair, randomStream(1));
    assertEquals(name, `a${randomStream(1).integer(1e6)} `);
    assertEquals(await compose()(pair, randomStream(1)), pair);
  });
});
