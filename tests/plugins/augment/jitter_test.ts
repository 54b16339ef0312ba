import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type Pair,
  PairlabError,
  type Picture,
  type Random,
  randomStream,
} from "../../../core/plugin.ts";
import { jitter } from "../../../plugins/augment/jitter.ts";

interface Fixture {
  readonly cases: readonly {
    readonly left: number;
    readonly top: number;
    readonly mirrored: boolean;
    readonly sha256: readonly [input: string, target: string];
  }[];
}

const fixture = JSON.parse(
  await Deno.readTextFile(new URL("fixtures/jitter.json", import.meta.url)),
) as Fixture;

/** Gives these numbers, in this order. */
function scripted(integers: readonly number[], uniforms: readonly number[]): Random {
  const ofIntegers = integers.values(), ofUniforms = uniforms.values();
  return {
    ...randomStream(0),
    integer: (below) => {
      const value = ofIntegers.next().value ?? NaN;
      assert(value < below, `${value} is not below ${below}`);
      return value;
    },
    uniform: () => ofUniforms.next().value ?? NaN,
  };
}

/** A picture of fixtures/make_jitter.py. */
function pattern(factor: number): Picture {
  const data = Uint8Array.from(
    { length: 256 * 256 * 3 },
    (_, i) => (i * i * factor + i * 17 + 5) % 251,
  );
  return { data, width: 256, height: 256, channels: 3 };
}

async function sha256({ data }: Picture): Promise<string> {
  assert(data instanceof Float32Array);
  const digest = await crypto.subtle.digest("SHA-256", new Float32Array(data));
  return new Uint8Array(digest).toHex();
}

/** A picture in which red says the column and green the row. */
function coordinates(size: number): Picture {
  const data = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) data.set([x, y, 0], (y * size + x) * 3);
  }
  return { data, width: size, height: size, channels: 3 };
}

function pairOf(input: Picture, target: Picture = input): Pair {
  return { name: "flower", input, target };
}

describe("jitter", () => {
  for (const { left, top, mirrored, sha256: expected } of fixture.cases) {
    const how = `${left}, ${top}${mirrored ? ", mirrored" : ""}`;
    it(`gives the notebook's numbers, bilinear, at ${how}`, async () => {
      const random = scripted([left, top], [mirrored ? 0.49 : 0.5]);
      const augment = jitter({ load: 286, crop: 256, mirror: true, kernel: "bilinear" });
      const { name, input, target } = await augment(pairOf(pattern(31), pattern(77)), random);
      assertEquals(name, "flower");
      assertEquals([await sha256(input), await sha256(target)], [...expected]);
    });
  }

  for (const kernel of ["cubic", "bilinear", "nearest"] as const) {
    it(`keeps two equal pictures equal, ${kernel}`, async () => {
      const picture = pattern(31);
      const augment = jitter({ load: 60, crop: 50, kernel });
      for (let i = 0; i < 20; i++) {
        const { input, target } = await augment(pairOf(picture), randomStream(23, i));
        assertEquals([input.width, input.height], [50, 50]);
        assertEquals(input, target);
      }
    });
  }

  it("draws every offset from 0 to load - crop in both directions, and mirrors half", async () => {
    // Of the size of `load` nothing is resized, so that the corner says where it was cut.
    const pair = pairOf(coordinates(38));
    const augment = jitter({ load: 38, crop: 8 });
    const lefts = new Array<number>(31).fill(0), tops = new Array<number>(31).fill(0);
    const draws = 3100;
    let mirrored = 0;
    for (let i = 0; i < draws; i++) {
      const { input } = await augment(pair, randomStream(23, "augment", i));
      const first = input.data[0]!, last = input.data[7 * 3]!;
      assertEquals(Math.abs(first - last), 7);
      if (first > last) mirrored++;
      lefts[Math.min(first, last)]!++;
      tops[input.data[1]!]!++;
    }
    // 100 expected at each offset; 50 and 150 are five standard deviations away.
    for (const counts of [lefts, tops]) {
      assertEquals(counts.length, 31);
      assert(counts.every((count) => count > 50 && count < 150), counts.join(" "));
    }
    // 1550 expected, standard deviation 28.
    assert(Math.abs(mirrored - draws / 2) < 140, `${mirrored} of ${draws}`);
  });

  it("gives the same for the same stream, and other crops for others", async () => {
    const pair = pairOf(pattern(31));
    const augment = jitter({ load: 48, crop: 32 });
    const one = await augment(pair, randomStream(23, "augment", 1, 7));
    assertEquals(await augment(pair, randomStream(23, "augment", 1, 7)), one);
    assertNotEquals(await augment(pair, randomStream(23, "augment", 2, 7)), one);
  });

  it("draws as many numbers with mirroring as without, so that crops stay", async () => {
    const pair = pairOf(coordinates(38));
    for (let i = 0; i < 20; i++) {
      const [upright, either] = await Promise.all(
        [false, true].map((mirror) => jitter({ load: 38, crop: 8, mirror })(pair, randomStream(i))),
      );
      const row = (picture: Picture): number[] =>
        [...picture.data.slice(0, 24)].filter((_, index) => index % 3 === 0).sort((a, b) => a - b);
      assertEquals(row(upright!.input), row(either!.input));
      assert(upright!.input.data[0]! < upright!.input.data[21]!, "not mirrored");
    }
  });

  it("moves nothing when crop is load, and mirrors nothing when told not to", async () => {
    const pair = pairOf(coordinates(16));
    const same = await jitter({ load: 16, crop: 16, mirror: false })(pair, randomStream(1));
    assertEquals(same, pair);
  });

  it("takes frames that are not square", async () => {
    const load = { width: 40, height: 20 }, crop = { width: 32, height: 16 };
    const { input, target } = await jitter({ load, crop })(pairOf(pattern(31)), randomStream(1));
    for (const { width, height } of [input, target]) assertEquals([width, height], [32, 16]);
    assertThrows(
      () => jitter({ load, crop: 32 }),
      PairlabError,
      "Cannot cut 32x32 out of pictures resized to 40x20",
    );
  });

  it("refuses a pair whose pictures differ in size", async () => {
    const pair = pairOf(coordinates(16), coordinates(20));
    await assertRejects(
      async () => await jitter({ load: 20, crop: 16 })(pair, randomStream(1)),
      PairlabError,
      'Cannot jitter the pair "flower": its input is 16x16 and its target 20x20',
    );
  });

  it("refuses a crop that is larger than what it is cut from", () => {
    for (const sizes of [{ load: 100, crop: 101 }, { load: 0, crop: 0 }, { load: 9.5, crop: 8 }]) {
      assertThrows(() => jitter(sizes), PairlabError, `${sizes.crop}x${sizes.crop}`);
    }
  });
});
