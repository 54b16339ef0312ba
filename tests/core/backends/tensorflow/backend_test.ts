import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { skip, start } from "./installed.ts";

describe("startTensorflow", { skip }, () => {
  it("makes TensorFlow the backend of tfjs", async () => {
    const engine = await start();
    assertEquals(tf.getBackend(), "tensorflow");
    assert(engine.threads >= 1);
    assertEquals(tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).arraySync(), [[11]]);
    engine.close();
  });

  it("gives the same engine until that is closed, and a new one afterwards", async () => {
    const first = await start();
    assertEquals(await start(), first);
    first.close();
    const second = await start();
    assert(second !== first);
    assertEquals(tf.add(1, 2).arraySync(), 3);
    second.close();
  });

  it("frees every tensor when it is closed, and can be closed twice", async () => {
    const engine = await start();
    const kept = tf.ones([3]);
    kept.square();
    assert(engine.binding.getNumOfTensors() > 0);
    engine.close();
    engine.close();
    assertEquals(engine.binding.getNumOfTensors(), 0);
  });

  it("holds strings and complex numbers as tfjs wants them", async () => {
    const engine = await start();
    const texts = tf.stack([tf.tensor1d(["a", "Blüte"]), tf.tensor1d(["c".repeat(40), ""])]);
    assertEquals(texts.arraySync() as unknown, [["a", "Blüte"], ["c".repeat(40), ""]]);
    const complex = tf.complex(tf.tensor1d([1, 2]), tf.tensor1d([3, 4]));
    assertEquals([...tf.imag(complex).dataSync()], [3, 4]);
    engine.close();
  });

  it("takes over tensors from another backend, and hands them on", async () => {
    assert(await tf.setBackend("cpu"));
    const made = tf.tensor2d([[1, 2], [3, 4]]);
    const engine = await start();
    const doubled = tf.mul(made, 2);
    assertEquals(doubled.arraySync(), [[2, 4], [6, 8]]);
    assert(await tf.setBackend("cpu"));
    assertEquals(tf.add(doubled, 1).arraySync(), [[3, 5], [7, 9]]);
    engine.close();
  });

  it("leaves as many tensors in TensorFlow as tfjs knows of", async () => {
    const engine = await start();
    const before = engine.binding.getNumOfTensors();
    for (let i = 0; i < 10; i++) {
      tf.tidy(() => {
        const x = tf.randomNormal([1, 8, 8, 3]) as tf.Tensor4D;
        const w = tf.randomNormal([4, 4, 3, 2]) as tf.Tensor4D;
        tf.grads((x, w) => tf.sum(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, "same")))([
          x,
          w,
        ]);
      });
      assertThrows(() => tf.tidy(() => tf.reshape(tf.add(tf.ones([3]), 1), [2, 2])));
    }
    assertEquals(engine.binding.getNumOfTensors(), before);
    engine.close();
  });
});
