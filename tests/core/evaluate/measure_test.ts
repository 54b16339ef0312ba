import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { measurePictures, startMeasurement } from "../../../core/evaluate/measure.ts";
import type { Comparison, Metric, Picture, SetMetric } from "../../../core/plugin.ts";

function grey(level: number, side = 2): Picture {
  return { data: new Uint8Array(side * side).fill(level), width: side, height: side, channels: 1 };
}

const compare = (target: Picture, prediction: Picture) => ({ input: grey(0), target, prediction });

/** The difference of the means, in levels. */
const difference: Metric = {
  name: "difference",
  better: 0,
  measure: ({ prediction, target }) =>
    tf.mul(tf.mean(tf.sub(prediction, target), [1, 2, 3]), 127.5),
};

/** The sizes of the batches that it is given. */
function batches(sizes: number[]): SetMetric {
  return {
    name: "batches",
    better: "higher",
    start: () => ({
      add: ({ target }: Comparison) => Promise.resolve(void sizes.push(target.shape[0])),
      finish: () => sizes.length,
    }),
  };
}

describe("measuring", () => {
  before(() => tf.setBackend("cpu"));

  it("gives a number for each picture in order, in batches of eight, and one for all", async () => {
    const sizes: number[] = [];
    const pictures = Array.from({ length: 11 }, (_, level) => compare(grey(100), grey(level)));
    const measured = await measurePictures([difference, batches(sizes)], pictures);
    assertEquals(sizes, [8, 3]);
    assertEquals(measured.sets, { batches: 2 });
    measured.pictures["difference"]!.forEach((value, level) =>
      assertAlmostEquals(value, level - 100, 1e-4)
    );
  });

  it("rounds and clips fractions as a file would, and compares 16 bits with 8", async () => {
    const float = (level: number): Picture => ({
      ...grey(0),
      data: new Float32Array(4).fill(level),
    });
    const deep = { ...grey(0), data: new Uint16Array(4).fill(200 * 257 + 128) };
    const { pictures } = await measurePictures([difference], [
      compare(grey(100), float(100.4)),
      compare(grey(100), float(-20)),
      compare(deep, grey(200)),
    ]);
    const [rounded, clipped, shallow] = pictures["difference"]!;
    assertAlmostEquals(rounded!, 0, 1e-4);
    assertAlmostEquals(clipped!, -100, 1e-4);
    assertAlmostEquals(shallow!, -128 / 257, 1e-4);
  });

  it("leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    await measurePictures([difference, batches([])], [compare(grey(1), grey(2))]);
    assertEquals(tf.memory().numTensors, before);
  });

  it("names a metric that does not give a number for each picture", async () => {
    const mean: Metric = { ...difference, measure: ({ target }) => tf.mean(target) as never };
    const pictures = [compare(grey(1), grey(2)), compare(grey(1), grey(2))];
    await assertRejects(() => measurePictures([mean], pictures), TypeError, '"difference"');
  });

  it("refuses metrics of one name, and pictures of several shapes", async () => {
    assertThrows(() => startMeasurement([difference, difference]), RangeError, '"difference"');
    const pictures = [compare(grey(1), grey(1)), compare(grey(1, 3), grey(1, 3))];
    await assertRejects(() => measurePictures([difference], pictures), RangeError, "3x3");
  });
});
