import * as tf from "@tensorflow/tfjs";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { startWebgpu, type WebgpuBackend } from "../../../../core/backends/webgpu/backend.ts";
import { PairlabError } from "../../../../core/base/errors.ts";
import { APPLY_ADAM } from "../../../../core/ops/adam.ts";
import { MOVE_TOWARDS } from "../../../../core/ops/move_towards.ts";
import { batchNormTraining, statelessNormal, statelessUniform } from "../../../../core/ops/mod.ts";
import { awaitLateChecks, requireFinite } from "../../../../core/ops/require_finite.ts";
import { randomStream } from "../../../../core/random/stream.ts";
import { composeAdam } from "../../../../core/ops/adam.ts";
import { assertClose } from "../ops_suite.ts";
import { skip } from "./adapter.ts";

function drawn(shape: number[], name: string, scale = 1): tf.Tensor {
  const { normal } = randomStream(23, name);
  const length = tf.util.sizeFromShape(shape);
  return tf.tensor(Float32Array.from({ length }, () => scale * normal()), shape);
}

async function read(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(
    tensors.map(async (tensor) => Float32Array.from(await tensor.data())),
  );
  tf.dispose([...tensors]);
  return values;
}

/** What `compute` gives on the CPU backend and on the GPU, with no tensor left over. */
async function onBoth(compute: () => tf.Tensor[]): Promise<[Float32Array[], Float32Array[]]> {
  await tf.setBackend("cpu");
  const expected = await read(tf.tidy(compute));
  await tf.setBackend("webgpu");
  const before = tf.memory().numTensors;
  const actual = await read(tf.tidy(compute));
  assertEquals(tf.memory().numTensors, before, "tensors afterwards");
  return [actual, expected];
}

async function assertAgrees(compute: () => tf.Tensor[], tolerance: number): Promise<void> {
  const [actual, expected] = await onBoth(compute);
  assertEquals(actual.length, expected.length);
  expected.forEach((values, i) => assertClose(actual[i]!, values, tolerance, `output ${i}`));
}

describe("kernels on webgpu", { skip }, () => {
  let webgpu: WebgpuBackend;
  before(async () => {
    webgpu = await startWebgpu();
  });
  after(() => webgpu.close());

  it("update by Adam as the composed update does, in one kernel", async () => {
    const shape = [7, 11, 13];
    await assertAgrees(() => {
      const variables = {
        variable: drawn(shape, "variable"),
        first: drawn(shape, "first", 1e-3),
        second: tf.square(drawn(shape, "second", 1e-3)),
      };
      const constants = { stepSize: tf.scalar(2e-4), epsilon: tf.scalar(1e-8) };
      const gradient = drawn(shape, "gradient", 1e-3), beta1 = 0.5, beta2 = 0.999;
      return tf.getBackend() === "cpu"
        ? composeAdam(variables, { gradient, ...constants, beta1, beta2 })
        : tf.engine().runKernel(APPLY_ADAM, { ...variables, ...constants, gradient }, {
          beta1,
          beta2,
        });
    }, 2e-7);
  });

  it("move an average as the composed update does", async () => {
    await assertAgrees(() => {
      const variable = drawn([300], "variable"), value = drawn([300], "value");
      const share = tf.scalar(0.25);
      return [
        tf.getBackend() === "cpu"
          ? tf.sub(variable, tf.mul(tf.sub(variable, value), share))
          : tf.engine().runKernel(MOVE_TOWARDS, { variable, value, share }),
      ];
    }, 2e-7);
  });

  for (const shape of [[1, 16, 16, 24], [3, 5, 7, 1], [1, 1, 1, 8]]) {
    for (const shift of [0, 100]) {
      it(`normalise [${shape}] around ${shift}, with gradients`, async () => {
        await assertAgrees(() => {
          const channels = shape.at(-1)!;
          const x = tf.add(drawn(shape, "x"), shift);
          const scale = drawn([channels], "scale"), offset = drawn([channels], "offset");
          const normalise = (...[x, scale, offset]: tf.Tensor[]) =>
            batchNormTraining(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-5);
          const { y, mean, variance } = normalise(x, scale, offset);
          const gradients = tf.grads((...all) => normalise(...all).y)(
            [x, scale, offset],
            drawn(shape, "dy"),
          );
          return [y, mean, variance, ...gradients];
          // The composed one subtracts means that are rounded to float32.
        }, shift === 0 ? 2e-5 : 1e-3);
      });
    }
  }

  const convolutions: [number[], number[], number, "same" | "valid"][] = [
    [[2, 20, 18, 5], [4, 4, 5, 7], 2, "same"],
    [[1, 15, 17, 4], [3, 3, 4, 40], 1, "valid"],
    [[1, 19, 21, 3], [5, 5, 3, 4], 3, "same"],
    // Few values of many terms: several workgroups share each sum.
    [[1, 64, 64, 2], [4, 4, 2, 3], 2, "same"],
    [[1, 16, 16, 9], [4, 4, 9, 70], 2, "same"],
  ];
  for (const [shape, filters, stride, pad] of convolutions) {
    it(`give the gradients of a convolution of [${shape}] by [${filters}], ${stride}, ${pad}`, async () => {
      await assertAgrees(() => {
        const convolve = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
          tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad);
        const x = drawn(shape, "x"), filter = drawn(filters, "filter");
        const dy = drawn(convolve(x, filter).shape, "dy");
        return tf.grads(convolve)([x, filter], dy);
      }, 2e-6);
    });
  }

  it("draw the same uniform numbers to the bit, whatever the seed and the count", async () => {
    for (const shape of [[1], [7], [4, 33, 5]]) {
      for (const seed of [[23, 1], [-5, 7], [2 ** 31 - 1, -3]]) {
        const [actual, expected] = await onBoth(
          () => [statelessUniform(shape, tf.tensor1d(seed, "int32"))],
        );
        assertEquals(actual, expected);
      }
    }
  });

  it("draw the same normal numbers up to rounding", async () => {
    await assertAgrees(() => [statelessNormal([4, 4, 64], tf.tensor1d([23, 1], "int32"))], 1e-6);
  });

  it("keep every digit of a seed that is put together", async () => {
    const [actual, expected] = await onBoth(() => [
      statelessUniform(
        [9],
        tf.stack([tf.scalar(2 ** 30 + 7, "int32"), tf.scalar(3, "int32")]) as tf.Tensor1D,
      ),
    ]);
    assertEquals(actual, expected);
  });

  it("find what is not finite when the step is done, and name the first of it", async () => {
    for (const wrong of [NaN, Infinity, -Infinity]) {
      tf.tidy(() => {
        requireFinite(tf.tensor1d([3e38, 3e38, -0]), "the first");
        requireFinite(tf.tensor1d([...new Array(100).fill(1), wrong]), "the second");
        requireFinite(tf.scalar(wrong), "the third");
      });
      await assertRejects(() => awaitLateChecks(), Error, "the second is not finite");
    }
    await awaitLateChecks();
    tf.tidy(() => requireFinite(tf.scalar(1), "one"));
    await awaitLateChecks();
  });

  it("refuse a tensor that no kernel reaches, naming its shape", () => {
    const most = webgpu.adapter.mostBytes;
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      assertThrows(
        () => tf.fill([most / 4 + 1], 1),
        PairlabError,
        `Cannot put a tensor of shape [${most / 4 + 1}], float32, on the GPU`,
      );
    });
    assertEquals(tf.memory().numTensors, before);
  });

  it("say how to read a tensor that is read at once", () => {
    tf.tidy(() => {
      assertThrows(() => tf.square(tf.scalar(3)).dataSync(), PairlabError, "await tensor.data()");
    });
  });
});
