import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { orthogonal } from "../../../plugins/layers/orthogonal.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertWithin } from "../../fidelity/numbers.ts";

/** The products of all pairs of the shorter side's vectors. */
function products(shape: number[], gain: number): number[][] {
  return tf.tidy(() => {
    const matrix = tf.reshape(orthogonal({ gain })(23).apply(shape), [-1, shape.at(-1)!]);
    const [rows, columns] = matrix.shape as [number, number];
    const long = rows >= columns;
    return tf.matMul(matrix, matrix, long, !long).arraySync() as number[][];
  });
}

function values(seed: number, shape: number[]): number[] {
  return tf.tidy(() => [...orthogonal()(seed).apply(shape).dataSync()]);
}

describeOnEngines("orthogonal initial weights", () => {
  // Long, about square, square, and wide.
  for (const shape of [[4, 4, 3, 8], [2, 2, 3, 8], [1, 1, 16, 16], [1, 1, 4, 20], [3, 3, 1, 1]]) {
    it(`of ${shape.join("x")} have an orthonormal side, times the gain`, () => {
      products(shape, 0.5).forEach((row, i) =>
        row.forEach((value, j) => assertWithin(`${i}, ${j}`, value, i === j ? 0.25 : 0, 1e-5))
      );
    });
  }
});

describe("orthogonal", () => {
  before(() => tf.setBackend("cpu"));

  it("draws the same numbers for the same seed, others for another", () => {
    assertEquals(values(23, [2, 2, 3, 8]), values(23, [2, 2, 3, 8]));
    assertNotEquals(values(23, [2, 2, 3, 8]), values(24, [2, 2, 3, 8]));
  });

  it("has no preferred direction", () => {
    // Each of n entries of a column has the mean 0 and the variance 1 / n.
    const all = Array.from({ length: 200 }, (_, seed) => values(seed, [2, 2, 3, 4])).flat();
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    assert(Math.abs(mean) < 5 / Math.sqrt(12 * all.length), `${mean}`);
    const first = Array.from({ length: 400 }, (_, seed) => values(seed, [1, 1, 2, 2])[0]!);
    const square = first.reduce((sum, value) => sum + value ** 2, 0) / first.length;
    // The first entry is the cosine of a uniform angle: its square has the deviation 1 / sqrt(8).
    assert(Math.abs(square - 1 / 2) < 5 / Math.sqrt(8 * first.length), `${square}`);
  });

  it("leaves one tensor behind, the one that it returns", () => {
    const before = tf.memory().numTensors;
    orthogonal()(23).apply([2, 2, 3, 8]).dispose();
    assertEquals(tf.memory().numTensors, before);
  });

  it("comes back from a model's topology", async () => {
    const kernelInitializer = orthogonal({ gain: 0.5 })(23);
    const layer = tf.layers.dense({ units: 3, inputShape: [2], kernelInitializer });
    const model = tf.sequential({ layers: [layer] });
    const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
    const [here, there] = [model, restored].map((model) => [
      ...model.trainableWeights[0]!.read().dataSync(),
    ]);
    assertEquals(there, here);
  });
});
