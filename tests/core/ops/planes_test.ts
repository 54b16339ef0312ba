import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { toPlanes } from "../../../core/ops/planes.ts";

describe("planes", () => {
  before(() => tf.setBackend("cpu"));

  it("are the channels of the first picture, then of the second", () => {
    // The number is made of picture, channel, row and column.
    const values = [0, 1].flatMap((picture) =>
      [0, 1, 2].flatMap((row) =>
        [0, 1].flatMap((column) =>
          [0, 1].map((channel) => 1000 * picture + 100 * channel + 10 * row + column)
        )
      )
    );
    const planes = toPlanes(tf.tensor4d(values, [2, 3, 2, 2]));
    assertEquals(planes.shape, [4, 3, 2, 1]);
    assertEquals(
      [...planes.dataSync()],
      [0, 100, 1000, 1100].flatMap((from) => [0, 1, 10, 11, 20, 21].map((value) => from + value)),
    );
  });

  it("of pictures with one channel are the pictures", () => {
    const pictures = tf.tensor4d([1, 2, 3, 4], [2, 1, 2, 1]);
    assertEquals(toPlanes(pictures).arraySync(), pictures.arraySync());
  });
});
