import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { convolution, transposedConvolution } from "../../../plugins/layers/convolution.ts";
import { namedVariables } from "../../../core/model/networks.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertNumbers } from "../../fidelity/numbers.ts";
import { networkOf, tensorOf } from "./layer_case.ts";
import fixture from "./fixtures/layers.json" with { type: "json" };

const OPTIONS = { name: "layer", seed: 23, filters: 5, bias: true, spectral: true };

function build(kind: string, shape: readonly number[]): LayersModel {
  return networkOf(
    shape,
    (x) => kind === "transposed" ? transposedConvolution(x, OPTIONS) : convolution(x, OPTIONS),
  );
}

describeOnEngines("spectrally normalised convolutions", () => {
  for (const { name, shape, v, calls } of fixture.spectral) {
    it(`are PyTorch's, call for call, and so are their gradients (${name})`, () => {
      const model = build(name, shape);
      const weights = namedVariables(model);
      const kernel = weights.get("layer/kernel")!, bias = weights.get("layer/bias")!;
      tf.tidy(() => {
        kernel.assign(tensorOf(`${name} kernel`, kernel.shape));
        bias.assign(tensorOf(`${name} bias`, bias.shape));
        weights.get("layer/v")!.assign(tf.tensor1d(v));
        const matrix = tf.reshape(
          name === "transposed" ? tf.transpose(kernel, [0, 1, 3, 2]) : kernel,
          [-1, 5],
        );
        const u = tf.matMul(tf.reshape(tf.tensor1d(v), [1, -1]), matrix);
        weights.get("layer/u")!.assign(tf.reshape(tf.div(u, tf.norm(u)), [5]));
      });
      calls.forEach((expected, call) =>
        tf.tidy(() => {
          const x = tensorOf(`${name} x ${call}`, shape);
          const { training } = expected;
          const y = model.apply(x, { training }) as Tensor;
          assertNumbers("y", y.dataSync(), expected.y);
          assertNumbers("u", weights.get("layer/u")!.dataSync(), expected.u);
          assertNumbers("v", weights.get("layer/v")!.dataSync(), expected.v);
          const dy = tensorOf(`${name} dy ${call}`, y.shape);
          // The vectors are where that call left them.
          const weighted = (x: Tensor): tf.Scalar =>
            tf.sum(tf.mul(model.apply(x, { training: false }) as Tensor, dy));
          assertNumbers("dx", tf.grad(weighted)(x).dataSync(), expected.dx);
          const { grads } = tf.variableGrads(() => weighted(x), [kernel]);
          assertNumbers("dkernel", grads[kernel.name]!.dataSync(), expected.dkernel, 2e-5);
        })
      );
      model.dispose();
    });
  }
});

describe("spectrally normalised convolutions", () => {
  before(() => tf.setBackend("cpu"));

  for (const kind of ["convolution", "transposed"]) {
    it(`have the same gradient in the call that updates (${kind})`, () => {
      const model = build(kind, [1, 4, 4, 3]);
      const kernel = namedVariables(model).get("layer/kernel")!;
      const x = tensorOf("x", [1, 4, 4, 3]);
      const gradient = (updateStatistics: boolean): number[] =>
        tf.tidy(() => {
          const mode = { training: true, updateStatistics };
          const loss = (): tf.Scalar => tf.sum(tf.square(model.apply(x, mode) as Tensor));
          return [...tf.variableGrads(loss, [kernel]).grads[kernel.name]!.dataSync()];
        });
      const updating = gradient(true);
      assertNumbers("gradient", gradient(false), updating, 1e-6);
    });

    it(`keep no tensor but the one that they return, in any mode (${kind})`, () => {
      const model = build(kind, [1, 4, 4, 3]);
      const x = tf.ones([1, 4, 4, 3]);
      for (const training of [true, false]) {
        const before = tf.memory().numTensors;
        (model.apply(x, { training }) as Tensor).dispose();
        assertEquals(tf.memory().numTensors, before);
      }
    });

    it(`come back from a model's topology (${kind})`, async () => {
      const model = build(kind, [1, 4, 4, 3]);
      const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
      const x = tensorOf("x", [1, 4, 4, 3]);
      const y = (model: LayersModel): number[] => [
        ...(model.apply(x, { training: true }) as Tensor).dataSync(),
      ];
      assertEquals(y(restored), y(model));
    });
  }

  it("are differentiable twice, for losses on gradients", () => {
    const model = build("convolution", [1, 4, 4, 3]);
    const kernel = namedVariables(model).get("layer/kernel")!;
    const x = tensorOf("x", [1, 4, 4, 3]);
    const penalty = (): tf.Scalar => {
      const squares = (x: Tensor): tf.Scalar =>
        tf.sum(tf.square(model.apply(x, { training: false }) as Tensor));
      return tf.sum(tf.square(tf.grad(squares)(x)));
    };
    const gradient = tf.variableGrads(penalty, [kernel]).grads[kernel.name]!;
    const start = kernel.clone(), direction = tensorOf("direction", kernel.shape, -0.1, 0.1);
    const at = (step: number): number => {
      kernel.assign(tf.add(start, tf.mul(direction, step)));
      return penalty().dataSync()[0]!;
    };
    const difference = (at(1e-3) - at(-1e-3)) / 2e-3;
    const product = tf.sum(tf.mul(gradient, direction)).dataSync()[0]!;
    assertNumbers("along a direction", [product], [difference], 0.02);
  });
});
