import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { beforeEach, describe, it } from "@std/testing/bdd";
import { startWasm } from "../../../../core/backends/wasm/backend.ts";
import { APPLY_ADAM, composeAdam } from "../../../../core/ops/adam.ts";
import { batchNormTraining, type NormalisedBatch } from "../../../../core/ops/mod.ts";
import { NotFiniteError, requireFinite } from "../../../../core/ops/require_finite.ts";
import { randomStream } from "../../../../core/random/stream.ts";

function drawn(shape: number[], name: string, scale = 1): tf.Tensor {
  const { normal } = randomStream(23, name);
  const length = tf.util.sizeFromShape(shape);
  return tf.tensor(Float32Array.from({ length }, () => scale * normal()), shape);
}

beforeEach(async () => {
  await startWasm();
});

describe("Adam on wasm", () => {
  it("agrees with the update that is composed, and leaves the former numbers as they are", () => {
    tf.tidy(() => {
      const shape = [7, 11, 13];
      const variables = {
        variable: drawn(shape, "variable"),
        first: drawn(shape, "first", 1e-3),
        second: tf.square(drawn(shape, "second", 1e-3)),
      };
      const step = {
        gradient: drawn(shape, "gradient", 1e-3),
        stepSize: tf.scalar(2e-4),
        epsilon: tf.scalar(1e-8),
        beta1: 0.5,
        beta2: 0.999,
      };
      const { beta1, beta2, ...tensors } = step;
      const former = variables.variable.dataSync().slice();
      const updated: tf.Tensor[] = tf.engine().runKernel(
        APPLY_ADAM,
        { ...variables, ...tensors },
        { beta1, beta2 },
      );
      composeAdam(variables, step).forEach((tensor, i) => {
        const expected = tensor.dataSync<"float32">(), actual = updated[i]!.dataSync<"float32">();
        const allowed = 2e-7 * expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expected.forEach((value, j) =>
          assert(Math.abs(actual[j]! - value) <= allowed, `${i}[${j}]: ${actual[j]}, not ${value}`)
        );
      });
      assertEquals([...variables.variable.dataSync()], [...former]);
    });
  });
});

describe("batch normalisation on wasm", () => {
  const run = (x: tf.Tensor): number[][] =>
    tf.tidy(() => {
      const channels = x.shape.at(-1)!;
      const scale = drawn([channels], "scale"), offset = drawn([channels], "offset");
      const normalise = (...[x, scale, offset]: tf.Tensor[]): NormalisedBatch =>
        batchNormTraining(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-5);
      const gradients = tf.grads((...all) => normalise(...all).y)(
        [x, scale, offset],
        drawn(x.shape, "dy"),
      );
      const { y, mean, variance } = normalise(x, scale, offset);
      return [y, mean, variance, ...gradients].map((each) => [...each.dataSync()]);
    });

  for (const shape of [[1, 16, 16, 24], [3, 5, 7, 1], [1, 1, 1, 8]]) {
    it(`agrees with the composed one of the CPU backend for [${shape}], far from zero as well`, async () => {
      for (const shift of [0, 100]) {
        const values = tf.tidy(() => tf.add(drawn(shape, "x"), shift).dataSync().slice());
        const compute = (): number[][] => tf.tidy(() => run(tf.tensor(values, shape)));
        const actual = compute();
        await tf.setBackend("cpu");
        const expected = compute();
        await startWasm();
        // The composed one subtracts means that are rounded to float32.
        const tolerance = shift === 0 ? 2e-5 : 1e-3;
        actual.forEach((values, output) =>
          values.forEach((value, i) => {
            const other = expected[output]![i]!;
            const allowed = tolerance * Math.max(1, Math.abs(other));
            assert(Math.abs(value - other) <= allowed, `${output}[${i}]: ${value}, not ${other}`);
          })
        );
      }
    });
  }
});

describe("requireFinite on wasm", () => {
  it("finds what is no number, and what is infinite, wherever it is", () => {
    for (const wrong of [NaN, Infinity, -Infinity]) {
      for (const place of [0, 17, 99]) {
        tf.tidy(() => {
          const x = tf.tensor1d(Array.from({ length: 100 }, (_, i) => i === place ? wrong : i));
          assertThrows(() => requireFinite(x, "the sum"), NotFiniteError, "the sum is not finite");
        });
      }
    }
  });

  it("lets finite numbers pass of which the sum is not, without copying them", () => {
    tf.tidy(() => {
      const backend = tf.backend() as BackendWasm;
      const x = tf.tensor1d([3e38, 3e38, -0, 1e-45]);
      const same = requireFinite(x, "x");
      assertEquals(backend.getMemoryOffset(same.dataId), backend.getMemoryOffset(x.dataId));
      x.dispose();
      assertEquals([...same.dataSync()], [...Float32Array.of(3e38, 3e38, -0, 1e-45)]);
    });
  });
});
