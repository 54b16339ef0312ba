import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, type Picture } from "../../../core/plugin.ts";
import {
  syntheticFlowers,
  type SyntheticFlowersOptions,
} from "../../../plugins/data/synthetic_flowers.ts";

/** Mean difference between pixels that lie beside each other: how much fine detail there is. */
function detail({ data, width, channels }: Picture): number {
  let sum = 0;
  const row = width * channels;
  for (let i = 0; i + row < data.length; i++) sum += Math.abs(data[i]! - data[i + row]!);
  return sum / (data.length - row);
}

function mean({ data }: Picture): number {
  return [...data].reduce((sum, value) => sum + value, 0) / data.length;
}

async function fingerprint(options: SyntheticFlowersOptions): Promise<string> {
  return (await syntheticFlowers({ size: 16, count: 3, ...options }).open()).fingerprint;
}

describe("syntheticFlowers", () => {
  it("has 500 pairs of 256x256 unless told otherwise, 400 to train", async () => {
    const { train, test, description } = await syntheticFlowers().open();
    assertEquals([train.names.length, test.names.length], [400, 100]);
    assertEquals(new Set([...train.names, ...test.names]).size, 500);
    assert(description.startsWith("500 synthetic pairs of drawn flowers, 256x256 (400 train"));
    assert(description.includes("dataset/README.md"), description);
    const { name, input, target } = await test.load(99);
    assertEquals(name, "flower-0499");
    for (const { width, height, channels } of [input, target]) {
      assertEquals([width, height, channels], [256, 256, 3]);
    }
  });

  it("draws the same flower for a seed and an index, however many there are", async () => {
    const small = await syntheticFlowers({ size: 48, count: 4, seed: 7 }).open();
    const large = await syntheticFlowers({ size: 48, count: 40, seed: 7 }).open();
    assertEquals(await small.train.load(2), await large.train.load(2));
    assertEquals(await small.test.load(0), await large.train.load(3));
    const other = await syntheticFlowers({ size: 48, count: 4, seed: 8 }).open();
    assertNotEquals(
      (await other.train.load(2)).target.data,
      (await small.train.load(2)).target.data,
    );
  });

  it("draws pictures that differ from one another and are neither flat nor black", async () => {
    const { train } = await syntheticFlowers({ size: 64, count: 16 }).open();
    const targets = await Promise.all(
      train.names.map(async (_, index) => (await train.load(index)).target),
    );
    assertEquals(new Set(targets.map(({ data }) => data.join())).size, targets.length);
    for (const target of targets) {
      const brightness = mean(target);
      assert(brightness > 15 && brightness < 240, `mean ${brightness}`);
      assert(detail(target) > 2, `detail ${detail(target)}`);
    }
  });

  it("blurs the input, which keeps its brightness and loses its detail", async () => {
    const { train } = await syntheticFlowers({ size: 128, count: 6 }).open();
    for (const index of train.names.keys()) {
      const { input, target } = await train.load(index);
      assert(Math.abs(mean(input) - mean(target)) < 4, `${mean(input)}, ${mean(target)}`);
      assert(detail(input) < detail(target) / 2, `${detail(input)}, ${detail(target)}`);
    }
    const sharp = await syntheticFlowers({ size: 32, count: 2, blur: 0 }).open();
    const pair = await sharp.train.load(0);
    assertEquals(pair.input, pair.target);
  });

  it("draws a flower once, however often it is loaded", async () => {
    const { train } = await syntheticFlowers({ size: 32, count: 4 }).open();
    const [one, other] = await Promise.all([train.load(1), train.load(1)]);
    assert(one === other);
  });

  it("has a fingerprint that follows every option", async () => {
    const all = await Promise.all([
      fingerprint({}),
      fingerprint({ count: 4 }),
      fingerprint({ size: 17 }),
      fingerprint({ seed: 24 }),
      fingerprint({ trainShare: 0.5 }),
      fingerprint({ blur: 0.1 }),
    ]);
    assertEquals(new Set(all).size, all.length);
    assertEquals(await fingerprint({}), all[0]);
  });

  it("refuses indices beyond its pairs, and options that no picture could meet", async () => {
    const { train } = await syntheticFlowers({ size: 16, count: 2 }).open();
    await assertRejects(async () => await train.load(1), RangeError, "there are 1");
    for (const size of [0, 15, 64.5, 5000]) {
      assertThrows(() => syntheticFlowers({ size }), PairlabError, `${size}x${size}`);
    }
    for (const blur of [-0.1, 0.6, NaN]) {
      assertThrows(() => syntheticFlowers({ blur }), PairlabError, `blur by ${blur}`);
    }
    for (const count of [0, 1.5, Infinity]) {
      assertThrows(() => syntheticFlowers({ count }), PairlabError);
    }
  });
});
