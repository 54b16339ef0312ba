import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { augmentPair, openSource } from "../../../core/data/open_source.ts";
import { degradePicture } from "../../../core/pictures/degrade.ts";
import type { Picture } from "../../../core/plugin.ts";
import { randomStream } from "../../../core/random/stream.ts";
import { plainPairs } from "../train/tiny.ts";

const opened = {
  train: plainPairs(2),
  test: plainPairs(1),
  description: "plain",
  fingerprint: "plain",
};
const grey: Picture = { data: new Uint8Array(4), width: 2, height: 2, channels: 1 };
const pair = { name: "pair0", input: grey, target: grey };

/** A source as JavaScript may have it, with the types unchecked. */
const source = (result: unknown): never => ({ open: () => result }) as never;
const loading = (load: unknown): never =>
  source({ ...opened, train: { names: ["pair0", "pair1"], load } });

describe("openSource", () => {
  it("gives what a right source gives", async () => {
    const { train, description } = await openSource(source(opened));
    assertEquals(description, "plain");
    assertEquals(await train.load(1), await opened.train.load(1));
    assertEquals(train.names, opened.train.names);
  });

  for (
    const [name, broken, message] of [
      ["nothing", undefined, "it has no function open"],
      ["an object without open", {}, "it has no function open"],
      ["one that opens to null", source(null), "data.open() returned null"],
      [
        "one without test",
        source({ ...opened, test: undefined }),
        "data.test has no list of names",
      ],
      [
        "names that are numbers",
        source({ ...opened, train: { names: [1], load: () => pair } }),
        "data.train has no list of names",
      ],
      [
        "one without load",
        source({ ...opened, train: { names: ["a"] } }),
        "data.train has no function load",
      ],
      [
        "one of no pairs",
        source({ ...opened, train: { names: [], load: () => pair } }),
        "data.train has no pairs",
      ],
      ["levels of one number", source({ ...opened, levels: [255] }), "e.g. [0, 4095]"],
      ["levels that are alike", source({ ...opened, levels: [1, 1] }), "e.g. [0, 4095]"],
      ["one without a fingerprint", source({ ...opened, fingerprint: 3 }), "no fingerprint"],
    ] as const
  ) {
    it(`rejects ${name}`, async () => {
      await assertRejects(() => openSource(broken as never), PairlabError, message);
    });
  }

  it("names what open throws, and keeps it as the cause", async () => {
    const cause = new TypeError("x is not a function");
    const error = await assertRejects(
      () =>
        openSource(
          {
            open: () => {
              throw cause;
            },
          } as never,
        ),
      PairlabError,
      "Cannot open the experiment's data: x is not a function",
    );
    assertEquals(error.cause, cause);
  });

  for (
    const [name, load, message] of [
      ["throws", () => {
        throw new Error("no paper");
      }, 'Cannot load the pair "pair1" by data.train.load(1): no paper'],
      ["rejects", () => Promise.reject(new Error("no ink")), "data.train.load(1): no ink"],
      ["returns nothing", () => undefined, "it returned undefined, not { name, input, target }"],
      [
        "returns a pair of another name",
        () => pair,
        'it is named "pair0", unlike in data.train.names',
      ],
      [
        "returns no target",
        () => ({ name: "pair1", input: grey }),
        "of its target, it is undefined, not a picture",
      ],
      [
        "returns too few levels",
        () => ({ name: "pair1", input: { ...grey, width: 3 }, target: grey }),
        "of its input, its data has 4 levels, not 6",
      ],
      [
        "returns lists",
        () => ({ name: "pair1", input: { ...grey, data: [1, 2, 3, 4] }, target: grey }),
        "of its input, its data is no Uint8Array",
      ],
      [
        "returns a size of none",
        () => ({ name: "pair1", input: { ...grey, height: NaN }, target: grey }),
        "of its input, its height is NaN, not a whole number from 1",
      ],
    ] as const
  ) {
    it(`names the pair if load ${name}`, async () => {
      const { train } = await openSource(loading(load));
      await assertRejects(() => train.load(1), PairlabError, message);
    });
  }
});

describe("an augment", () => {
  const random = randomStream(23);

  it("that throws is named with its pair", async () => {
    const broken = (): never => {
      throw new RangeError("too far");
    };
    await assertRejects(
      () => augmentPair(broken, pair, random),
      PairlabError,
      'Cannot augment the pair "pair0": too far',
    );
  });

  it("that returns something else is named with its pair", async () => {
    await assertRejects(
      () => augmentPair((() => grey) as never, pair, random),
      PairlabError,
      'Cannot augment the pair "pair0": the pair has no name',
    );
  });
});

describe("a degradation", () => {
  it("that throws or returns something else is named", async () => {
    for (
      const [apply, message] of [
        [() => {
          throw new Error("dry");
        }, 'Cannot degrade a picture by "smear": dry'],
        [() => grey, "of what it returned as picture, it is undefined"],
        [() => ({ picture: grey }), "it returned no parameters"],
      ] as const
    ) {
      const smear = { name: "smear", apply } as never;
      await assertRejects(
        () => degradePicture(grey, [smear], randomStream(2)),
        PairlabError,
        message,
      );
    }
  });
});
