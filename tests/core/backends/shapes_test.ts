import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { beforeEach, describe, it } from "@std/testing/bdd";
import { withShapesOnly } from "../../../core/backends/shapes.ts";
import { statelessNormal } from "../../../core/ops/mod.ts";

function apply(layer: tf.layers.Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  return layer.apply(x) as SymbolicTensor;
}

/** An encoder and decoder of every layer that networks here are made of, `width` channels wide. */
function network(width: number): tf.LayersModel {
  const { conv2d, conv2dTranspose, batchNormalization, leakyReLU, reLU, concatenate } = tf.layers;
  const options = { filters: width, kernelSize: 4, strides: 2, padding: "same" as const };
  const input = tf.input({ shape: [64, 48, 3] });
  const first = apply(
    conv2d({ ...options, kernelInitializer: tf.initializers.randomNormal({ stddev: 0.02 }) }),
    input,
  );
  let x = apply(leakyReLU({ alpha: 0.2 }), apply(batchNormalization(), first));
  x = apply(conv2d({ ...options, kernelInitializer: "orthogonal" }), x);
  x = apply(
    conv2dTranspose({ ...options, biasInitializer: tf.initializers.constant({ value: 2 }) }),
    x,
  );
  x = apply(reLU(), apply(batchNormalization(), apply(tf.layers.dropout({ rate: 0.5 }), x)));
  x = apply(concatenate(), [x, first]);
  x = apply(conv2dTranspose({ ...options, filters: 3, activation: "tanh" }), x);
  return tf.model({ inputs: input, outputs: x });
}

/** Its parameters, counted by hand: kernels, biases, four numbers a channel for each batch norm. */
function parameters(width: number): number {
  const kernels = 16 * (3 * width + width * width + width * width + 2 * width * 3);
  return kernels + (3 * width + 3) + 2 * 4 * width;
}

describe("withShapesOnly", () => {
  beforeEach(async () => {
    await tf.setBackend("cpu");
  });

  it("gives the shapes and the number of parameters of a network", () => {
    const found = withShapesOnly(() => {
      const model = network(8);
      return { output: model.outputs[0]!.shape, parameters: model.countParams() };
    });
    assertEquals(found, { output: [null, 64, 48, 3], parameters: parameters(8) });
  });

  it("takes no memory for a gigabyte of weights", () => {
    withShapesOnly(() => network(8));
    const before = Deno.memoryUsage();
    const { count, during } = withShapesOnly(() => {
      const model = network(2900);
      return { count: model.countParams(), during: Deno.memoryUsage() };
    });
    assert(count * 4 > 2 ** 30);
    const megabytes = (during.rss + during.external - before.rss - before.external) / 2 ** 20;
    assert(megabytes < 64, `${megabytes.toFixed()} MiB`);
  });

  it("leaves no tensor and no variable behind", () => {
    const before = tf.memory();
    withShapesOnly(() => network(8));
    const after = tf.memory();
    assertEquals(
      [after.numTensors, after.numDataBuffers, after.numBytes],
      [before.numTensors, before.numDataBuffers, before.numBytes],
    );
    assertEquals(Object.keys(tf.engine().state.registeredVariables), []);
  });

  it("disposes and restores after an error too", () => {
    const before = tf.memory().numTensors;
    assertThrows(
      () =>
        withShapesOnly(() => {
          network(8);
          throw new RangeError("too large");
        }),
      RangeError,
      "too large",
    );
    assertEquals(tf.memory().numTensors, before);
    assertEquals(tf.getBackend(), "cpu");
  });

  it("goes back to the former backend, whose tensors and variables are as they were", () => {
    const tensor = tf.tensor1d([1, 2, 3]);
    const variable = tf.variable(tf.tensor1d([4, 5]));
    withShapesOnly(() => network(8));
    assertEquals(tf.getBackend(), "cpu");
    assertEquals([...tensor.dataSync()], [1, 2, 3]);
    assertEquals([...variable.dataSync()], [4, 5]);
    tf.dispose([tensor, variable]);
  });

  it("initialises layers as usual afterwards", () => {
    withShapesOnly(() => network(8));
    const layer = tf.layers.dense({ units: 2, kernelInitializer: "ones" });
    layer.build([null, 1]);
    assertEquals([...layer.getWeights()[0]!.dataSync()], [1, 1]);
    tf.dispose(layer.weights.map((weight) => weight.read()));
  });

  it("computes shapes of what initial values are made with", () => {
    const shapes = withShapesOnly(() => {
      const drawn = statelessNormal([4, 4, 3, 8], tf.tensor1d([23, 0], "int32"));
      const scaled = tf.add(tf.mul(drawn, tf.ones([8])), 0.5);
      return [
        scaled,
        tf.transpose(scaled, [3, 0, 1, 2]),
        tf.reshape(scaled, [-1, 8]),
        tf.expandDims(scaled, -1),
        tf.tile(tf.zeros([2, 3]), [2, 1]),
      ].map(({ shape }) => shape);
    });
    assertEquals(shapes, [[4, 4, 3, 8], [8, 4, 4, 3], [48, 8], [4, 4, 3, 8, 1], [4, 3]]);
  });

  it("says that there are no values, to whoever reads one", () => {
    assertThrows(
      () => withShapesOnly(() => tf.ones([2]).dataSync()),
      TypeError,
      "Cannot read the values of a tensor: only shapes are computed",
    );
  });

  it("may be used within itself", () => {
    const nested = withShapesOnly(() => {
      const inner = withShapesOnly(() => network(8).countParams());
      return [inner, network(8).countParams()];
    });
    assertEquals(nested, [parameters(8), parameters(8)]);
  });

  it("leaves tfjs without a backend where there was none", async () => {
    class Passing extends tf.KernelBackend {
      override dispose(): void {}
    }
    tf.registerBackend("passing", () => new Passing());
    await tf.setBackend("passing");
    tf.removeBackend("passing");
    withShapesOnly(() => network(8));
    assertEquals<string | null>(tf.engine().backendName, null);
    // tfjs then chooses for itself.
    assertEquals(tf.tidy(() => [...tf.add([1], [2]).dataSync()]), [3]);
    assertEquals(tf.getBackend(), "cpu");
  });
});
