/** An optimizer on one number, for tests by hand. */
import * as tf from "@tensorflow/tfjs";
import type { Optimizer } from "../../../core/plugin.ts";

/** Where a number that begins at `start` is after each gradient. */
export function pathOf(
  optimizer: Optimizer,
  gradients: readonly number[],
  { start = 1, rate = 0.1 }: { start?: number; rate?: number } = {},
): number[] {
  return tf.tidy(() => {
    const variable = tf.variable(tf.scalar(start));
    const rule = optimizer.start([variable]);
    const path = gradients.map((gradient) => {
      rule.apply([tf.scalar(gradient)], tf.scalar(rate));
      return variable.dataSync()[0]!;
    });
    tf.dispose([variable, ...Object.values(rule.state)]);
    return path;
  });
}

/** The gradients that reach an optimizer through a wrapper around it. */
export function gradientsThrough(
  wrap: (optimizer: Optimizer) => Optimizer,
  gradients: readonly (readonly number[])[],
): number[][] {
  const found: number[][] = [];
  const listener: Optimizer = {
    rate: 1,
    start: () => ({
      state: {},
      apply: (reached) => void found.push(...reached.map((one) => [...one.dataSync()])),
    }),
  };
  tf.tidy(() => {
    const rule = wrap(listener).start([]);
    rule.apply(gradients.map((values) => tf.tensor1d([...values])), tf.scalar(1));
  });
  return found;
}
