/** The numbers that a loss gives, for tests with few pixels. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import type { Loss, Views } from "../../../core/plugin.ts";
import { viewsOf } from "./views.ts";

/** One picture of one channel, from its rows. */
export function picture(rows: readonly (readonly number[])[]): Tensor4D {
  return tf.tensor4d(rows.flat(), [1, rows.length, rows[0]!.length, 1]);
}

/** `count` logits that are all alike, of one scale. */
export function logits(value: number, count = 1): Tensor4D {
  return tf.fill([1, count, 1, 1], value);
}

/** The terms of a loss; NaN for one that it has not. What is looked at must be given. */
export function termsOf(
  loss: Loss,
  given: Partial<Views>,
): { generator: number; discriminator: number } {
  const valueOf = (network: "generator" | "discriminator"): number =>
    tf.tidy(() => loss[network]?.(viewsOf(given)).dataSync()[0] ?? NaN);
  return { generator: valueOf("generator"), discriminator: valueOf("discriminator") };
}

/** G's gradient by the fake. */
export function gradientByFake(loss: Loss, given: Partial<Views> & { fake: Tensor4D }): number[] {
  return tf.tidy(() => {
    const term = (fake: Tensor4D) => loss.generator!(viewsOf({ ...given, fake }));
    return Array.from(tf.grad((fake) => term(fake as Tensor4D))(given.fake).dataSync());
  });
}
