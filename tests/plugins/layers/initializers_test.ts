import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { normal } from "../../../plugins/layers/initializers.ts";

function values(options: Parameters<typeof normal>[0], shape: number[]): number[] {
  return tf.tidy(() => [...normal(options).apply(shape).dataSync()]);
}

describe("normal", () => {
  before(() => tf.setBackend("cpu"));

  it("draws the same numbers for the same seed, others for another", () => {
    assertEquals(values({ seed: 23 }, [3, 5]), values({ seed: 23 }, [3, 5]));
    assertNotEquals(values({ seed: 23 }, [3, 5]), values({ seed: 24 }, [3, 5]));
  });

  it("scales and moves one and the same stream", () => {
    const standard = values({ seed: 23, deviation: 1 }, [8]);
    const moved = values({ seed: 23, mean: 10, deviation: 2 }, [8]);
    moved.forEach((value, index) =>
      assert(Math.abs(value - (10 + 2 * standard[index]!)) < 1e-5, `${index}: ${value}`)
    );
  });

  it("leaves one tensor behind, the one that it returns", () => {
    const before = tf.memory().numTensors;
    const tensor = normal({ seed: 23 }).apply([4]);
    assertEquals(tf.memory().numTensors, before + 1);
    tensor.dispose();
  });

  it("comes back from a model's topology", async () => {
    const kernelInitializer = normal({ seed: 23, mean: 1, deviation: 0.5 });
    const layer = tf.layers.dense({ units: 3, inputShape: [2], kernelInitializer });
    const model = tf.sequential({ layers: [layer] });
    const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
    const kernel = (model: tf.LayersModel): number[] => [
      ...model.trainableWeights[0]!.read().dataSync(),
    ];
    assertEquals(kernel(restored), kernel(model));
    assertEquals(kernel(restored), values({ seed: 23, mean: 1, deviation: 0.5 }, [2, 3]));
  });
});
