import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import "../../../core/ops/mod.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";

const POINTS = [-2, -0.5, 0, 0.5, 2];

/** f'(x) times dy, for each of the points. */
function slopes(f: (x: tf.Tensor) => tf.Tensor, dy: number): number[] {
  return tf.tidy(() => {
    const x = tf.tensor1d(POINTS);
    return [...tf.grad(f)(x, tf.fill(x.shape, dy)).dataSync()];
  });
}

describeOnEngines("the gradients of rectifiers", () => {
  it("let dy through above 0, and a share of it or nothing at 0 and below", () => {
    assertEquals(slopes(tf.relu, 3), [0, 0, 0, 3, 3]);
    assertEquals(slopes((x) => tf.leakyRelu(x, 0.25), 4), [1, 1, 1, 4, 4]);
  });

  it("can be differentiated again, as a penalty on slopes does", () => {
    // With y = f(x)³ / 3, y' = f(x)² f'(x), and (y')' = 2 f(x) f'(x)².
    for (
      const [f, expected] of [
        [tf.relu, [0, 0, 0, 1, 4]],
        [(x: tf.Tensor) => tf.leakyRelu(x, 0.5), [-0.5, -0.125, 0, 1, 4]],
      ] as [(x: tf.Tensor) => tf.Tensor, number[]][]
    ) {
      const cube = (x: tf.Tensor): tf.Tensor => tf.div(tf.pow(f(x), tf.scalar(3)), 3);
      const found = slopes((x) => tf.grad(cube)(x), 1);
      assertEquals(found.map((value) => Math.round(value * 1e5) / 1e5 + 0), expected);
    }
  });
});
