import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { it } from "@std/testing/bdd";
import "../../../core/ops/mod.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertNumbers, numbers } from "../../fidelity/numbers.ts";

/** The gradient by y of the sum of squares of the gradient by x of f(x, y). */
function gradientOfSlope(
  f: (x: Tensor, y: Tensor) => Tensor,
  x: Tensor,
  y: Tensor,
): ArrayLike<number> {
  return tf.tidy(() =>
    tf.grad((y) => {
      const slope = tf.grad((x) => tf.sum(f(x, y)))(x);
      return tf.sum(tf.square(slope));
    })(y).dataSync()
  );
}

describeOnEngines("gradients of gradients", () => {
  it("pass through leaky ReLU, whose slope does not change but at 0", () => {
    const x = tf.tensor1d([1, -2, 3]), y = tf.tensor1d([-5, 0.5, 2]);
    // leaky(x y) has the slope y, or 0.2 y where x y is negative; its square 2 y, or 0.08 y.
    const found = gradientOfSlope((x, y) => tf.leakyRelu(tf.mul(x, y), 0.2), x, y);
    assertNumbers("by y", found, [0.08 * -5, 0.08 * 0.5, 2 * 2], 1e-6);
  });

  it("pass through average pooling, whose windows overlap and reach over the edge", () => {
    const x = tf.tensor4d(numbers("x", 2 * 5 * 4 * 2, -1, 1), [2, 5, 4, 2]);
    const y = tf.tensor4d(numbers("y", 2 * 5 * 4 * 2, -1, 1), [2, 5, 4, 2]);
    const pooled = (x: Tensor, y: Tensor) =>
      tf.square(tf.avgPool(tf.mul(x, y) as Tensor4D, 3, 2, "same"));
    const found = gradientOfSlope(pooled, x, y);
    // By differences of the slope's square, which is a polynomial of the fourth degree in y.
    const loss = (y: Tensor): number =>
      tf.tidy(() => tf.sum(tf.square(tf.grad((x) => tf.sum(pooled(x, y)))(x))).dataSync()[0]!);
    for (const index of [0, 13, 38, 79]) {
      const shifted = (by: number): Tensor => {
        const values = y.dataSync().slice();
        values[index]! += by;
        return tf.tensor4d(values, [2, 5, 4, 2]);
      };
      const at = (by: number): number => loss(shifted(by));
      const slope = (8 * (at(0.25) - at(-0.25)) - (at(0.5) - at(-0.5))) / (12 * 0.25);
      assertNumbers(`by y[${index}]`, [found[index]!], [slope], 1e-3);
    }
  });
});
