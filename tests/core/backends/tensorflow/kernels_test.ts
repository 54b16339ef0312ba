import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { batchNormTraining, statelessNormal, statelessUniform } from "../../../../core/ops/mod.ts";
import batchNorms from "../../ops/fixtures/batch_norm.json" with { type: "json" };
import random from "../../random/fixtures/stateless.json" with { type: "json" };
import { assertClose } from "../ops_suite.ts";
import { skip, start } from "./installed.ts";

type BatchNorm = typeof batchNorms[number];

function seedOf(numbers: readonly number[]): tf.Tensor1D {
  return tf.tensor1d([...numbers], "int32");
}

function compare(actual: tf.Tensor | undefined, expected: readonly number[], what: string): void {
  const values = actual?.dataSync() as Float32Array;
  assertClose(values, Float32Array.from(expected), 2e-5, what);
}

describe("kernels of this project on engine tensorflow", { skip }, () => {
  before(async () => {
    await start();
  });

  it("StatelessRandomUniform gives the numbers that Python's TensorFlow gives, bit for bit", () => {
    for (const { seed, length, uniform } of random.cases) {
      const values = tf.tidy(() => statelessUniform([length], seedOf(seed)).dataSync());
      assertEquals([...values], uniform, `seed ${seed}`);
    }
    const { seed, length, last } = random.long;
    const end = tf.tidy(() => statelessUniform([length], seedOf(seed)).slice(length - last.length));
    assertEquals([...end.dataSync()], last);
  });

  it("StatelessRandomNormal gives the numbers that Python's TensorFlow gives", () => {
    for (const { seed, length, normal } of random.cases) {
      tf.tidy(() => compare(statelessNormal([length], seedOf(seed)), normal, `seed ${seed}`));
    }
  });

  it("StatelessRandomUniform takes the shape that it is asked for", () => {
    const { shape, dtype } = tf.tidy(() => statelessUniform([2, 3, 4], seedOf([1, 2])));
    assertEquals({ shape, dtype }, { shape: [2, 3, 4], dtype: "float32" });
  });

  for (const numbers of batchNorms) {
    it(`FusedBatchNormTraining gives what Python's TensorFlow gives for [${numbers.shape}]`, () => {
      tf.tidy(() => compareBatchNorm(numbers));
    });
  }

  it("leaves no tensor behind", () => {
    const { x, scale, offset } = inputsOf(batchNorms[0]!);
    const seed = seedOf([1, 2]);
    const before = tf.memory().numTensors;
    const kept = tf.engine().runKernel("StatelessRandomUniform", { seed }, { shape: [3] });
    tf.dispose(kept);
    const outputs: tf.Tensor[] = tf.engine().runKernel("FusedBatchNormTraining", {
      x,
      scale,
      offset,
    }, { epsilon: 1e-5 });
    const [, , , reserve1, reserve2, reserve3] = outputs;
    tf.dispose(
      tf.engine().runKernel("FusedBatchNormTrainingGrad", {
        dy: x,
        x,
        scale,
        reserve1: reserve1!,
        reserve2: reserve2!,
        reserve3: reserve3!,
      }, { epsilon: 1e-5 }),
    );
    tf.dispose(outputs);
    assertEquals(tf.memory().numTensors, before);
    tf.dispose([x, scale, offset, seed]);
  });

  it("says so when a kernel is not there", () => {
    let message = "";
    try {
      tf.engine().runKernel("NoSuchKernel", {});
    } catch (error) {
      message = String(error);
    }
    assert(/NoSuchKernel.*not registered.*tensorflow/.test(message), message);
  });
});

function inputsOf({ shape, x, scale, offset }: BatchNorm): {
  x: tf.Tensor4D;
  scale: tf.Tensor1D;
  offset: tf.Tensor1D;
} {
  return {
    x: tf.tensor4d(x, shape as [number, number, number, number]),
    scale: tf.tensor1d(scale),
    offset: tf.tensor1d(offset),
  };
}

function compareBatchNorm(numbers: BatchNorm): void {
  const { x, scale, offset } = inputsOf(numbers);
  const { epsilon } = numbers;
  const { y, mean, variance } = batchNormTraining(x, scale, offset, epsilon);
  compare(y, numbers.y, "y");
  compare(mean, numbers.mean, "mean");
  compare(variance, numbers.variance, "variance");
  const gradients = tf.grads((...[x, scale, offset]: tf.Tensor[]) =>
    batchNormTraining(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, epsilon).y
  )([x, scale, offset], tf.tensor4d(numbers.dy, x.shape));
  compare(gradients[0], numbers.dx, "dx");
  compare(gradients[1], numbers.dscale, "dscale");
  compare(gradients[2], numbers.doffset, "doffset");
}
