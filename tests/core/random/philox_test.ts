import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  philox,
  type PhiloxCounter,
  philoxFill,
  type PhiloxKey,
} from "../../../core/random/philox.ts";

// kat_vectors of Random123 1.14, philox4x32 with 10 rounds.
const KNOWN: readonly { counter: PhiloxCounter; key: PhiloxKey; words: readonly number[] }[] = [
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

describe("philox", () => {
  it("gives the published known answers", () => {
    for (const { counter, key, words } of KNOWN) {
      assertEquals([...philox(counter, key)], [...words]);
    }
  });

  it("agrees with the rounds in exact integer arithmetic", () => {
    const exact = (counter: PhiloxCounter, key: PhiloxKey): number[] => {
      const mask = 0xffffffffn;
      let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
      let [k0, k1] = key.map(BigInt) as [bigint, bigint];
      for (let round = 0; round < 10; round++) {
        const p0 = 0xd2511f53n * c0, p1 = 0xcd9e8d57n * c2;
        [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
        [k0, k1] = [(k0 + 0x9e3779b9n) & mask, (k1 + 0xbb67ae85n) & mask];
      }
      return [c0, c1, c2, c3].map(Number);
    };
    let counter: PhiloxCounter = [1, 2, 3, 4], key: PhiloxKey = [5, 6];
    for (let i = 0; i < 200; i++) {
      const words = philox(counter, key);
      assertEquals([...words], exact(counter, key));
      // Its own output makes the next inputs: they have all bits.
      [counter, key] = [
        words,
        [words[3] ^ 0x5bd1e995, words[1]].map((k) => k >>> 0) as [number, number],
      ];
    }
  });
});

describe("philoxFill", () => {
  it("counts up from the first counter", () => {
    const words = new Uint32Array(12);
    philoxFill(words, [7, 1, 2, 3], [8, 9]);
    assertEquals([...words], [
      ...philox([7, 1, 2, 3], [8, 9]),
      ...philox([8, 1, 2, 3], [8, 9]),
      ...philox([9, 1, 2, 3], [8, 9]),
    ]);
  });

  it("carries into the higher words of the counter", () => {
    const top = 0xffffffff;
    const carries: readonly [PhiloxCounter, PhiloxCounter][] = [
      [[top, 4, 0, 0], [0, 5, 0, 0]],
      [[top, top, 4, 0], [0, 0, 5, 0]],
      [[top, top, top, 4], [0, 0, 0, 5]],
      [[top, top, top, top], [0, 0, 0, 0]],
    ];
    for (const [counter, next] of carries) {
      const words = new Uint32Array(8);
      philoxFill(words, counter, [1, 2]);
      assertEquals([...words.subarray(4)], [...philox(next, [1, 2])]);
    }
  });

  it("refuses a part of a group of four", () => {
    assertThrows(() => philoxFill(new Uint32Array(6), [0, 0, 0, 0], [0, 0]), RangeError, "6 words");
  });
});
