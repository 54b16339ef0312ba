import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import process from "node:process";
import { assertEquals, assertThrows } from "@std/assert";
import { beforeEach, describe, it } from "@std/testing/bdd";
import { startWasm } from "../../../../core/backends/wasm/backend.ts";
import { PairlabError } from "../../../../core/base/errors.ts";

describe("startWasm", () => {
  it("leaves the process's errors to the process", async () => {
    const count = (): number[] =>
      ["uncaughtException", "unhandledRejection"].map((event) => process.listenerCount(event));
    const before = count();
    (await startWasm()).close();
    await startWasm();
    assertEquals(count(), before);
  });

  it("refuses a tensor for which WebAssembly has no memory, before anything is overwritten", async () => {
    await startWasm();
    const backend = tf.backend() as BackendWasm;
    const kept = tf.tensor1d([1, 2, 3]);
    const gibibytes = (count: number): tf.TensorInfo =>
      backend.makeOutput([count * 2 ** 28], "float32");
    const large = [gibibytes(1), gibibytes(1), gibibytes(1)];
    for (const count of [1, 2, 5]) {
      const error = assertThrows(() => gibibytes(count), PairlabError);
      assertEquals(
        error.message.replace(/\d+ of Web/, "N of Web"),
        `Cannot allocate a tensor of ${
          count * 1024
        } MiB: N of WebAssembly's 4096 MiB are in use. Use smaller pictures, fewer filters or --backend=tensorflow.`,
      );
    }
    for (const { dataId } of large) backend.disposeData(dataId);
    assertEquals([...kept.dataSync()], [1, 2, 3]);
    kept.dispose();
  });
});

describe("the kernels of wasm that are replaced", () => {
  beforeEach(async () => {
    await startWasm();
  });

  it("clone without copying, and keep the values as long as one of the two lives", () => {
    const original = tf.tensor1d([1, 2, 3]);
    const backend = tf.backend() as BackendWasm;
    const clone = tf.clone(original);
    assertEquals(
      backend.getMemoryOffset(clone.dataId),
      backend.getMemoryOffset(original.dataId),
    );
    const blocks = backend.numDataIds();
    original.dispose();
    assertEquals([...clone.dataSync()], [1, 2, 3]);
    clone.dispose();
    assertEquals(backend.numDataIds(), blocks - 1);
  });

  it("let a variable change under a clone of its former value", () => {
    tf.tidy(() => {
      const variable = tf.variable(tf.tensor1d([1, 2]));
      const before = tf.clone(variable);
      variable.assign(tf.tensor1d([3, 4]));
      assertEquals([...before.dataSync()], [1, 2]);
      assertEquals([...variable.dataSync()], [3, 4]);
      variable.dispose();
    });
  });

  it("cast every number but zero to true", () => {
    tf.tidy(() => {
      const numbers = tf.tensor1d([0, 1, 256, -0.5, 1e-20]);
      assertEquals([...tf.cast(numbers, "bool").dataSync()], [0, 1, 1, 1, 1]);
      const integers = tf.tensor1d([0, 256, -65536], "int32");
      assertEquals([...tf.cast(integers, "bool").dataSync()], [0, 1, 1]);
    });
  });

  it("give the gradients of a depthwise convolution, borrowed from the CPU backend", async () => {
    const compute = (): number[][] =>
      tf.tidy(() => {
        const x = tf.reshape(tf.range(0, 32), [1, 4, 4, 2]);
        const filter = tf.reshape(tf.range(0, 18), [3, 3, 2, 1]);
        return tf.grads((x, filter) =>
          tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same")
        )([x, filter]).map((gradient) => [...gradient.dataSync()]);
      });
    const actual = compute();
    await tf.setBackend("cpu");
    assertEquals(actual, compute());
  });

  it("leave nothing of what they borrow", () => {
    const run = (): void =>
      tf.tidy(() => {
        const x = tf.tensor2d([[1, 2], [3, 4]]);
        tf.grad((x) => tf.gather(x, tf.tensor1d([1, 1], "int32")))(x);
      });
    run();
    const cpu = tf.findBackend("cpu"), before = [cpu.numDataIds(), tf.backend().numDataIds()];
    run();
    assertEquals([cpu.numDataIds(), tf.backend().numDataIds()], before);
  });
});
