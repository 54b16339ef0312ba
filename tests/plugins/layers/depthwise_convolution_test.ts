import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { depthwiseConvolution } from "../../../plugins/layers/depthwise_convolution.ts";
import { kaiming } from "../../../plugins/layers/initializers.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertNumbers } from "../../fidelity/numbers.ts";
import { networkOf, tensorOf } from "./layer_case.ts";

const build = (channels: number, options = {}) =>
  networkOf(
    [1, 5, 6, channels],
    (x) => depthwiseConvolution(x, { name: "depthwise", seed: 23, ...options }),
  );

describeOnEngines("a depthwise convolution", () => {
  it("is a convolution of each channel alone, and so are its gradients", () => {
    const model = build(3);
    const [kernel, bias] = model.trainableWeights;
    const filters = tensorOf("kernel", [3, 3, 1, 3]) as Tensor4D;
    kernel!.write(tf.reshape(filters, [3, 3, 3, 1]));
    bias!.write(tf.tensor1d([0.1, 0.2, 0.3]));
    const x = tensorOf("x", [2, 5, 6, 3]) as Tensor4D, dy = tensorOf("dy", [2, 5, 6, 3]);
    const apart = (x: Tensor, filters: Tensor): Tensor =>
      tf.concat(
        [0, 1, 2].map((channel) =>
          tf.conv2d(
            tf.slice(x as Tensor4D, [0, 0, 0, channel], [-1, -1, -1, 1]),
            tf.slice(filters as Tensor4D, [0, 0, 0, channel], [-1, -1, -1, 1]),
            1,
            "same",
          )
        ),
        3,
      );
    const expected = tf.add(apart(x, filters), [0.1, 0.2, 0.3]);
    assertNumbers("y", (model.apply(x) as Tensor).dataSync(), [...expected.dataSync()], 1e-5);
    const [dx, dfilters] = tf.grads((x, filters) => tf.sum(tf.mul(apart(x!, filters!), dy)))([
      x,
      filters,
    ]);
    const weighted = (x: Tensor): tf.Scalar => tf.sum(tf.mul(model.apply(x) as Tensor, dy));
    assertNumbers("dx", tf.grad(weighted)(x).dataSync(), [...dx!.dataSync()], 1e-5);
    const variable = kernel!.read() as tf.Variable;
    const { grads } = tf.variableGrads(() => weighted(x), [variable]);
    assertNumbers("dkernel", grads[variable.name]!.dataSync(), [...dfilters!.dataSync()], 1e-5);
    model.dispose();
  });
});

describe("depthwiseConvolution", () => {
  before(() => tf.setBackend("cpu"));

  it("begins with the fan of one channel", () => {
    const model = build(512, { initializer: kaiming(), bias: false });
    const values = model.trainableWeights[0]!.read();
    const deviation = Math.sqrt(tf.mean(tf.square(values)).dataSync()[0]!);
    assert(Math.abs(deviation - Math.sqrt(2 / 9)) < 0.02, `${deviation}`);
    assertEquals(model.weights.length, 1);
  });

  it("comes back from its topology", async () => {
    const model = build(2, { kernel: 5 });
    const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
    const x = tensorOf("x", [1, 5, 6, 2]);
    const [there, here] = [restored, model].map((one) => (one.apply(x) as Tensor).dataSync());
    assertEquals([...there!], [...here!]);
  });
});
