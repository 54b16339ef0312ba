/**
 * The suite for augments, your own included:
 *
 *     conformsAsAugment("mirror", () => mirror());
 *
 * in a test file runs it.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Augment } from "../../core/plugin.ts";
import { randomStream } from "../../core/random/stream.ts";
import { assertPicture, copyOfPair, KINDS, patterned, wordsFor } from "./pictures.ts";
import { assertSame } from "./same.ts";

const RANDOM = "the same stream gave another result: draw from `random` alone, never from " +
  "Math.random, and keep nothing from call to call";

/** What an augment does on purpose. */
export interface AugmentNeeds {
  /** Both pictures are changed alike; not so one that changes the input alone. @default true */
  readonly joint?: boolean;
  /** It draws from its stream; not so one that does the same to every pair. @default true */
  readonly draws?: boolean;
}

/** Runs the suite for what `makeAugment` makes; pictures are 48x48 pixels or somewhat more. */
export function conformsAsAugment(
  name: string,
  makeAugment: () => Augment,
  { joint = true, draws = true }: AugmentNeeds = {},
): void {
  describe(`${name} as an augment`, () => {
    for (const kind of KINDS) {
      const words = wordsFor(kind);
      const pair = { name: "a pair", input: patterned(kind, 1), target: patterned(kind, 2) };

      it(`gives two pictures of one size and their own channels (${words})`, async () => {
        const { name: given, input, target } = await makeAugment()(pair, randomStream(1));
        assertEquals(given.startsWith(pair.name), true, `it names the pair "${given}"`);
        assertPicture("the input", input);
        assertPicture("the target", target);
        assertEquals(
          [input.width, input.height],
          [target.width, target.height],
          "input and target are no longer of one size: draw once, and do the same to both",
        );
        assertEquals(
          [input.channels, target.channels],
          [kind.channels, kind.channels],
          "the number of channels has changed",
        );
      });

      it(`leaves the pair that it is given alone (${words})`, async () => {
        const before = copyOfPair(pair);
        for (const seed of [1, 2, 3, 4]) await makeAugment()(pair, randomStream(seed));
        assertSame(
          pair,
          before,
          "the pair that it was given has changed: copy data.slice() first",
        );
      });

      it(`changes both pictures alike (${words})`, { skip: !joint }, async () => {
        const same = { ...pair, target: pair.input };
        for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
          const { input, target } = await makeAugment()(same, randomStream(seed));
          assertSame(
            input,
            target,
            "input and target, which were the same, are not any more: draw once for both, or tell the suite { joint: false }",
          );
        }
      });

      it(`follows from the stream alone (${words})`, async () => {
        const augment = makeAugment();
        const first = await augment(pair, randomStream(23, "augment", 1, 0));
        // Others in between, and at once, change nothing.
        const [again] = await Promise.all([
          augment(pair, randomStream(23, "augment", 1, 0)),
          augment(pair, randomStream(23, "augment", 1, 1)),
        ]);
        assertSame(again, first, RANDOM);
        assertSame(await makeAugment()(pair, randomStream(23, "augment", 1, 0)), first, RANDOM);
      });
    }

    it("does other things for other streams", { skip: !draws }, async () => {
      const picture = patterned(KINDS[0]!, 1);
      const pair = { name: "a pair", input: picture, target: picture };
      const results = new Set<string>();
      for (let seed = 0; seed < 12; seed++) {
        const { input, target } = await makeAugment()(pair, randomStream(seed));
        results.add(`${input.width} ${input.data.join()} ${target.data.join()}`);
      }
      assert(
        results.size > 1,
        "it did the same twelve times: draw from `random`, or tell the suite { draws: false }",
      );
    });

    it("does something", async () => {
      const picture = patterned(KINDS[0]!, 1);
      const pair = { name: "a pair", input: picture, target: picture };
      const results = await Promise.all(
        [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => makeAugment()(pair, randomStream(seed))),
      );
      assertNotEquals(results, results.map(() => pair), "eight pairs came back as they were");
    });
  });
}
