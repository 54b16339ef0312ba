import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import {
  type InitialWeights,
  kaiming,
  normal,
  type NormalOptions,
  xavier,
} from "../../../plugins/layers/initializers.ts";
import { assertWithin } from "../../fidelity/numbers.ts";
import fixture from "./fixtures/layers.json" with { type: "json" };

function values(
  { seed, ...options }: NormalOptions & { seed: number },
  shape: number[],
): number[] {
  return tf.tidy(() => [...normal(options)(seed).apply(shape).dataSync()]);
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
    const tensor = normal()(23).apply([4]);
    assertEquals(tf.memory().numTensors, before + 1);
    tensor.dispose();
  });

  it("comes back from a model's topology", async () => {
    const kernelInitializer = normal({ mean: 1, deviation: 0.5 })(23);
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

describe("xavier and kaiming", () => {
  before(() => tf.setBackend("cpu"));

  /** The deviation: the same numbers as those of normal, times it. */
  function deviation(initializer: InitialWeights, shape: number[]): number {
    return tf.tidy(() => {
      const [drawn, standard] = [initializer, normal({ deviation: 1 })]
        .map((initializer) => initializer(23).apply(shape).dataSync()[0]!);
      return drawn! / standard!;
    });
  }

  for (const { name, shape, ...expected } of fixture.fans) {
    it(`draw as widely as PyTorch's (${name})`, () => {
      const assertDeviation = (what: string, initializer: InitialWeights, value: number): void =>
        assertWithin(what, deviation(initializer, shape), value, 1e-6);
      assertDeviation("xavier", xavier(), expected.xavier);
      assertDeviation("xavier", xavier({ gain: 0.02 }), 0.02 * expected.xavier);
      assertDeviation("kaiming", kaiming(), expected.kaiming);
      assertDeviation("kaiming", kaiming({ slope: 0.2 }), expected.kaimingLeaky);
    });
  }

  it("come back from a model's topology", async () => {
    for (const initializer of [xavier({ gain: 3 }), kaiming({ slope: 0.2 })]) {
      const layer = tf.layers.dense({
        units: 3,
        inputShape: [2],
        kernelInitializer: initializer(23),
      });
      const model = tf.sequential({ layers: [layer] });
      const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
      const [here, there] = [model, restored].map((model) => [
        ...model.trainableWeights[0]!.read().dataSync(),
      ]);
      assertEquals(there, here);
    }
  });
});
