import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Degradation, PairlabError, randomStream } from "../../../core/plugin.ts";
import { degraded } from "../../../plugins/data/degraded.ts";
import { inFolder, png } from "./files.ts";
import { plain } from "./plain.ts";

/** Adds a level that it draws. */
const brighten: Degradation = {
  name: "brighten",
  apply: (picture, random) => {
    const by = 1 + random.integer(1000);
    const data = Float32Array.from(picture.data, (value) => value + by / 10);
    return { picture: { ...picture, data }, parameters: { by } };
  },
};

describe("degraded", () => {
  it("takes the pictures of a folder for targets, and spoils copies of them for inputs", () =>
    inFolder({ "a.png": png(10), "b.png": png(20) }, async (root) => {
      const { train, test, description } = await degraded({ source: root, degrade: [brighten] })
        .open();
      assertEquals([...train.names, ...test.names].sort(), ["a.png", "b.png"]);
      assertEquals(description, `2 pairs in "${root}" (1 train, 1 test), inputs made by brighten`);
      const { name, input, target } = await test.load(0);
      const level = test.names[0] === "a.png" ? 10 : 20;
      assertEquals(target.data, new Uint8Array(48).fill(level));
      const by = Number(/by=(\d+)/.exec(name)?.[1]);
      assert(Math.abs(input.data[0]! - level - by / 10) < 1e-3, name);
    }));

  it("takes the targets of another source, and its split", async () => {
    const { train, test } = await degraded({ source: plain("a"), degrade: [brighten] }).open();
    assertEquals([train.names.length, test.names], [4, ["a4"]]);
    assertEquals((await train.load(3)).target.data[0], 6);
  });

  it("records what was drawn in the name", async () => {
    const { train } = await degraded({ source: plain("a"), degrade: [brighten, brighten] }).open();
    const { name } = await train.load(2);
    assertMatch(name, /^a2 \(brighten by=\d+, brighten by=\d+\)$/);
    const [, one, other] = /by=(\d+), brighten by=(\d+)/.exec(name) ?? [];
    assertNotEquals(one, other);
  });

  it("spoils a picture alike for testing, whatever else there is", async () => {
    const options = { degrade: [brighten] };
    const few = await degraded({ source: plain("a", { train: 4 }), ...options }).open();
    const many = await degraded({ source: plain("a", { train: 9 }), ...options }).open();
    assertEquals(await many.train.load(3), await few.train.load(3));
    assertEquals((await many.train.load(4)).name, (await few.test.load(0)).name);
    const other = await degraded({ source: plain("a"), ...options, seed: 24 }).open();
    assertNotEquals((await other.train.load(3)).name, (await few.train.load(3)).name);
  });

  it("spoils anew in each epoch of a training, unless told otherwise", async () => {
    const namesOf = async (fresh: boolean): Promise<Set<string>> => {
      const { train } = await degraded({ source: plain("a"), degrade: [brighten], fresh }).open();
      const streams = [1, 2, 3].map((epoch) => randomStream(1, "data", epoch, 0));
      const names = [undefined, ...streams].map(async (random) =>
        (await train.load(0, random)).name
      );
      return new Set(await Promise.all(names));
    };
    assertEquals((await namesOf(true)).size, 4);
    assertEquals((await namesOf(false)).size, 1);
  });

  it("keeps what a degradation draws when another is added after it", async () => {
    const first = await degraded({ source: plain("a"), degrade: [brighten] }).open();
    const both = await degraded({ source: plain("a"), degrade: [brighten, brighten] }).open();
    const drawn = (name: string): string => /by=\d+/.exec(name)?.[0] ?? "";
    assertEquals(drawn((await both.test.load(0)).name), drawn((await first.test.load(0)).name));
  });

  it("brings pictures to the size before they are spoilt", () =>
    inFolder({ "a.png": png(10, 9, 6) }, async (root) => {
      const sizes: string[] = [];
      const look: Degradation = {
        name: "look",
        apply: (picture) => {
          sizes.push(`${picture.width}x${picture.height}`);
          return { picture, parameters: {} };
        },
      };
      for (
        const [size, expected] of [[8, "8x8"], [{ width: 6, height: 4 }, "6x4"], [
          undefined,
          "9x6",
        ]] as const
      ) {
        const data = await degraded({ source: root, degrade: [look], size }).open();
        const { target, name } = await data.train.load(0);
        assertEquals([`${target.width}x${target.height}`, sizes.at(-1)], [expected, expected]);
        assertEquals(name, "a.png (look)");
      }
    }));

  it("reads grey, and 16 bits", () =>
    inFolder({ "a.png": png(10) }, async (root) => {
      const options = { source: root, degrade: [brighten], channels: 1, depth: 16 } as const;
      const { target } = await (await degraded(options).open()).train.load(0);
      assertEquals(target, {
        data: new Uint16Array(16).fill(2570),
        width: 4,
        height: 4,
        channels: 1,
      });
    }));

  it("takes the folders train and test for the split", () =>
    inFolder({ "train/a.png": png(1), "test/a.png": png(2) }, async (root) => {
      const { train, test } = await degraded({ source: root, degrade: [brighten] }).open();
      assertEquals([train.names, test.names], [["train/a.png"], ["test/a.png"]]);
    }));

  it("names every fault, and says what it looked for, or takes something else", async () => {
    await inFolder({ "a.png": png(1), "b.png": "<html>", "c.psd": "" }, async (root) => {
      const { message } = await assertRejects(
        () => degraded({ source: root, degrade: [brighten] }).open(),
        PairlabError,
      );
      assert(message.includes("2 faults"), message);
    });
    const source = "no/such/folder";
    await assertRejects(
      () => degraded({ source, degrade: [brighten] }).open(),
      PairlabError,
      `there is no folder "${source}". Use a folder with sharp pictures`,
    );
    const otherwise = plain("a");
    const { description } = await degraded({ source, degrade: [brighten], otherwise }).open();
    assertEquals(
      description,
      `there is no folder "${source}": 5 plain pairs, inputs made by brighten`,
    );
  });

  it("refuses options that no picture could meet", () => {
    assertThrows(() => degraded({ source: "x", degrade: [] }), PairlabError, "by nothing");
    assertThrows(
      () => degraded({ source: "x", degrade: [brighten], size: 0 }),
      PairlabError,
      "0x0",
    );
  });
});
