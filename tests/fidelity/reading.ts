/** Values that are checked once they are read: the engine webgpu reads none at once. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import * as bdd from "@std/testing/bdd";

let waiting: (() => Promise<void>)[] = [];

/** Checks the values of a tensor, which may be disposed of meanwhile, when the test is done. */
export function checkValues(tensor: Tensor, check: (values: Float32Array) => void): void {
  const kept = tf.keep(tensor.clone());
  waiting.push(async () => {
    const values = await kept.data();
    kept.dispose();
    check(values as Float32Array);
  });
}

/** A test that ends by reading and checking all that waits. */
export function it(claim: string, test: () => void | Promise<void>): void {
  bdd.it(claim, async () => {
    waiting = [];
    await test();
    for (const check of waiting) await check();
  });
}
