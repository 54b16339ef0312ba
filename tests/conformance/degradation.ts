/**
 * The suite for degradations, your own included:
 *
 *     conformsAsDegradation("gaussianBlur", () => gaussianBlur());
 *
 * in a test file runs it.
 */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Degradation } from "../../core/plugin.ts";
import { randomStream } from "../../core/random/stream.ts";
import { assertPicture, copyOf, KINDS, patterned, wordsFor } from "./pictures.ts";
import { assertSame } from "./same.ts";

const RANDOM = "the same stream gave another result: draw from `random` alone, never from " +
  "Math.random, and keep nothing from call to call";

/** What a degradation does on purpose. */
export interface DegradationNeeds {
  /** It draws from its stream; not so one that does the same to every picture. @default true */
  readonly draws?: boolean;
}

/** Runs the suite for what `makeDegradation` makes; pictures are 48x48 pixels or somewhat more. */
export function conformsAsDegradation(
  name: string,
  makeDegradation: () => Degradation,
  { draws = true }: DegradationNeeds = {},
): void {
  describe(`${name} as a degradation`, () => {
    it("has a name that may stand in the name of a file", () =>
      assertMatch(
        makeDegradation().name,
        /^[A-Za-z0-9-]+$/,
        `its name is "${makeDegradation().name}". Use letters, digits and hyphens`,
      ));

    for (const kind of KINDS) {
      const words = wordsFor(kind);
      const picture = patterned(kind, 1);

      it(`spoils a picture, its size and channels kept, and records finite numbers (${words})`, async () => {
        const spoilt = await makeDegradation().apply(picture, randomStream(1));
        assertPicture("the spoilt picture", spoilt.picture);
        const { width, height, channels, data } = spoilt.picture;
        assertEquals(
          [width, height, channels],
          [kind.width, kind.height, kind.channels],
          "width, height or channels are others: return { ...picture, data }",
        );
        assertNotEquals(data, picture.data, "nothing was done to the picture");
        assert(
          Object.values(spoilt.parameters).every(Number.isFinite),
          `it records ${JSON.stringify(spoilt.parameters)}. Use finite numbers`,
        );
      });

      it(`leaves the picture that it is given alone (${words})`, async () => {
        const before = copyOf(picture);
        for (const seed of [1, 2, 3]) await makeDegradation().apply(picture, randomStream(seed));
        assertSame(
          picture,
          before,
          "the picture that it was given has changed: copy data.slice() first",
        );
      });

      it(`follows from the stream alone (${words})`, async () => {
        const degradation = makeDegradation();
        const first = await degradation.apply(picture, randomStream(5));
        const [again] = await Promise.all([
          degradation.apply(picture, randomStream(5)),
          degradation.apply(picture, randomStream(6)),
        ]);
        assertSame(again, first, RANDOM);
        assertSame(await makeDegradation().apply(picture, randomStream(5)), first, RANDOM);
      });
    }

    it("draws other numbers from other streams, and records them", { skip: !draws }, async () => {
      const picture = patterned(KINDS[0]!);
      const drawn = new Set<string>();
      for (let seed = 0; seed < 12; seed++) {
        const { parameters } = await makeDegradation().apply(picture, randomStream(seed));
        drawn.add(JSON.stringify(parameters));
      }
      assert(drawn.size > 1, `it drew ${[...drawn]} twelve times`);
    });
  });
}
