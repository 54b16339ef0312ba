import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { correlate, type Grey } from "../../../../core/dataset/check/correlate.ts";
import { HASH_SIZE, hashDistance, hashPicture } from "../../../../core/dataset/check/hash.ts";
import { estimateShift } from "../../../../core/dataset/check/shift.ts";
import { blurPicture } from "../../../../core/pictures/convolve.ts";
import { cropPicture, mirrorPicture } from "../../../../core/pictures/geometry.ts";
import { greyPicture } from "../../../../core/pictures/grey.ts";
import { resizePicture } from "../../../../core/pictures/resize.ts";
import type { Picture } from "../../../../core/plugin.ts";
import { randomStream } from "../../../../core/random/stream.ts";
import { scene } from "../scenes.ts";

async function hashed(picture: Picture): Promise<Grey> {
  const size = { width: HASH_SIZE, height: HASH_SIZE };
  return greyPicture(await resizePicture(picture, size, "cubic"));
}

describe("correlate", () => {
  const random = randomStream(1);
  const grey = (): Grey => ({
    data: Float32Array.from({ length: 48 }, () => random.uniform()),
    width: 8,
    height: 6,
  });

  it("is Pearson's, computed the long way", () => {
    const a = grey(), b = grey();
    const mean = (values: Float32Array): number => values.reduce((sum, v) => sum + v, 0) / 48;
    const [meanA, meanB] = [mean(a.data), mean(b.data)];
    let both = 0, ofA = 0, ofB = 0;
    for (let i = 0; i < 48; i++) {
      both += (a.data[i]! - meanA) * (b.data[i]! - meanB);
      ofA += (a.data[i]! - meanA) ** 2;
      ofB += (b.data[i]! - meanB) ** 2;
    }
    assertAlmostEquals(correlate(a, b), both / Math.sqrt(ofA * ofB), 1e-6);
  });

  it("compares what overlaps, less the margin", () => {
    const a = grey();
    // Each row moved by two columns, what comes in from the left is noise.
    const noise = grey();
    const data = Float32Array.from(a.data, (_, i) => i % 8 < 2 ? noise.data[i]! : a.data[i - 2]!);
    const b = { ...a, data };
    assertAlmostEquals(correlate(a, b, { x: 2 }), 1, 1e-6);
    assert(correlate(a, b) < 0.9);
    const framed = { ...a, data: a.data.map((v, i) => i % 8 === 0 || i % 8 === 7 ? 9 : v) };
    assert(correlate(framed, a) < 0.9);
    assertAlmostEquals(correlate(framed, a, { margin: 1 }), 1, 1e-6);
  });

  it("is 0 for what is flat", () => {
    const flat = { ...grey(), data: new Float32Array(48).fill(0.1) };
    assertEquals(correlate(flat, grey()), 0);
  });
});

describe("the perceptual hash", () => {
  it("differs in about half of its bits between pictures, and in few between versions", async () => {
    const hashes = await Promise.all(
      Array.from({ length: 12 }, async (_, seed) => hashPicture(await hashed(scene(seed)))),
    );
    const distances: number[] = [];
    for (const [index, hash] of hashes.entries()) {
      for (const other of hashes.slice(index + 1)) distances.push(hashDistance(hash, other));
    }
    const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
    assert(mean > 26 && mean < 36, `${mean}`);
    assert(Math.min(...distances) > 12, `${Math.min(...distances)}`);
    const versions = [blurPicture(scene(0), 1.5), {
      ...scene(0),
      data: scene(0).data.map((value) => value / 2),
    }];
    for (const version of versions) {
      const distance = hashDistance(hashes[0]!, hashPicture(await hashed(version)));
      assert(distance <= 4, `${distance}`);
    }
  });

  it("of a picture mirrored is that of the mirrored picture", async () => {
    const grey = await hashed(scene(3));
    const { data, width, height } = mirrorPicture({ ...grey, channels: 1 });
    const mirrored = { data: Float32Array.from(data), width, height };
    assert(hashDistance(hashPicture(grey, true), hashPicture(mirrored)) <= 1);
    assertEquals(hashDistance(hashPicture(grey), hashPicture(grey)), 0);
  });
});

describe("estimateShift", () => {
  const part = (x: number, y: number): Grey =>
    greyPicture(cropPicture(scene(5, 160), { left: 16 + x, top: 16 + y, width: 128, height: 128 }));

  for (const [x, y] of [[0, 0], [3, 0], [-5, 7], [8, -8]] as const) {
    it(`finds ${x} columns and ${y} rows, nearly to a pixel, whether or not one is blurred`, () => {
      const blurred = blurPicture({ ...part(x, y), channels: 1 }, 4);
      for (const input of [part(x, y), { ...part(x, y), data: Float32Array.from(blurred.data) }]) {
        const shift = estimateShift(input, part(0, 0));
        assertAlmostEquals(shift?.x ?? NaN, x, 1);
        assertAlmostEquals(shift?.y ?? NaN, y, 1);
      }
    });
  }

  it("goes by the edges where colours are others", () => {
    // Which level a disk has says nothing of its brightness in the photograph.
    const labels = (grey: Grey): Grey => ({
      ...grey,
      data: grey.data.map((value) => 37 * (Math.floor(value / 24) * 5 % 7)),
    });
    const shift = estimateShift(part(4, -3), labels(part(0, 0)));
    assertAlmostEquals(shift?.x ?? NaN, 4, 1);
    assertAlmostEquals(shift?.y ?? NaN, -3, 1);
    const other = greyPicture(scene(77, 128));
    assertEquals(estimateShift(part(0, 0), labels(other)), undefined);
  });
});
