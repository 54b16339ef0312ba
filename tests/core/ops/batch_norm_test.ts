import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { startWasm } from "../../../core/backends/wasm/backend.ts";
import { batchNormTraining } from "../../../core/ops/mod.ts";
import type { TensorflowEngine } from "../../../core/backends/tensorflow/backend.ts";
import { skip, start } from "../backends/tensorflow/installed.ts";
import { registerReferenceBatchNorm } from "./reference_batch_norm.ts";
import fixture from "./fixtures/batch_norm.json" with { type: "json" };

type Case = typeof fixture[number];

function assertClose(actual: tf.Tensor, expected: readonly number[], what: string): void {
  const values = actual.dataSync();
  assertEquals(values.length, expected.length, what);
  const allowed = 2e-5 * Math.max(1, ...expected.map(Math.abs));
  expected.forEach((value, i) =>
    assert(Math.abs(values[i]! - value) <= allowed, `${what}[${i}]: ${values[i]}, not ${value}`)
  );
}

function tensors({ shape, x, dy, scale, offset }: Case): {
  x: tf.Tensor4D;
  dy: tf.Tensor4D;
  scale: tf.Tensor1D;
  offset: tf.Tensor1D;
} {
  const shape4 = shape as [number, number, number, number];
  return {
    x: tf.tensor4d(x, shape4),
    dy: tf.tensor4d(dy, shape4),
    scale: tf.tensor1d(scale),
    offset: tf.tensor1d(offset),
  };
}

/** The claims that hold with and without a kernel of the engine's own. */
function describeBatchNorm(): void {
  for (const numbers of fixture) {
    const shape = `[${numbers.shape}]`;
    const { epsilon } = numbers;

    it(`gives TensorFlow's values for ${shape}`, () => {
      tf.tidy(() => {
        const { x, scale, offset } = tensors(numbers);
        const { y, mean, variance } = batchNormTraining(x, scale, offset, epsilon);
        assertEquals(y.shape, x.shape);
        assertClose(y, numbers.y, "y");
        assertClose(mean, numbers.mean, "mean");
        assertClose(variance, numbers.variance, "variance");
      });
    });

    it(`gives TensorFlow's gradients for ${shape}`, () => {
      tf.tidy(() => {
        const { x, dy, scale, offset } = tensors(numbers);
        const [dx, dscale, doffset] = tf.grads((...[x, scale, offset]: tf.Tensor[]) =>
          batchNormTraining(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, epsilon)
            .y
        )([x, scale, offset], dy);
        assertClose(dx!, numbers.dx, "dx");
        assertClose(dscale!, numbers.dscale, "dscale");
        assertClose(doffset!, numbers.doffset, "doffset");
      });
    });

    it(`gives PyTorch's gradients of a gradient penalty for ${shape}`, () => {
      tf.tidy(() => {
        const { x, dy, scale, offset } = tensors(numbers);
        const penalty = (...[x, scale, dy]: tf.Tensor[]): tf.Tensor => {
          const gradients = tf.grads((...[x, scale, offset]: tf.Tensor[]) =>
            batchNormTraining(
              x as tf.Tensor4D,
              scale as tf.Tensor1D,
              offset as tf.Tensor1D,
              epsilon,
            )
              .y
          )([x!, scale!, offset], dy!);
          return tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient))));
        };
        const [byX, byScale, byDy] = tf.grads(penalty)([x, scale, dy]);
        assertClose(byX!, numbers.penalty_x, "by x");
        assertClose(byScale!, numbers.penalty_scale, "by scale");
        assertClose(byDy!, numbers.penalty_dy, "by dy");
      });
    });
  }

  it("lets no gradient through the statistics", () => {
    tf.tidy(() => {
      const { x, scale, offset } = tensors(fixture[0]!);
      const gradient = tf.grad((x) => {
        const { y, mean, variance } = batchNormTraining(x as tf.Tensor4D, scale, offset, 1e-3);
        return tf.add(tf.mul(tf.sum(y), 0), tf.add(tf.sum(mean), tf.sum(variance)));
      })(x);
      assertClose(gradient, fixture[0]!.x.map(() => 0), "gradient");
    });
  });

  it("leaves no tensor behind but its three results", () => {
    const { x, scale, offset } = tensors(fixture[0]!);
    const before = tf.memory().numTensors;
    const results = tf.tidy(() => ({ ...batchNormTraining(x, scale, offset, 1e-3) }));
    assertEquals(tf.memory().numTensors, before + 3);
    tf.dispose([results, x, scale, offset]);
  });
}

for (const backend of ["cpu", "wasm"]) {
  describe(`batchNormTraining on ${backend}`, () => {
    before(async () => {
      if (backend === "wasm") await startWasm();
      else await tf.setBackend(backend);
    });
    describeBatchNorm();
  });
}

describe("batchNormTraining, on an engine with kernels of its own", () => {
  let unregister: () => void;
  before(async () => {
    await tf.setBackend("cpu");
    unregister = registerReferenceBatchNorm();
  });
  after(() => unregister());
  describeBatchNorm();
});

describe("batchNormTraining on tensorflow", { skip }, () => {
  let engine: TensorflowEngine;
  before(async () => {
    engine = await start();
  });
  after(() => engine.close());
  describeBatchNorm();
});
