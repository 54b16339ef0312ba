import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { compile, type CompileMode } from "../../../core/backends/compile.ts";
import { moveTowards } from "../../../core/ops/move_towards.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { numbers } from "../../fidelity/numbers.ts";

const COUNT = 1003;

/** An average after each of three calls, in which the value itself moves as well. */
async function averages(mode: CompileMode): Promise<number[][]> {
  const average = tf.variable(tf.tensor1d(numbers("average", COUNT, -1, 1)), false);
  const value = tf.variable(tf.tensor1d(numbers("value", COUNT, -1, 1)));
  const move = compile((share: tf.Scalar) => {
    value.assign(tf.mul(value, 1.25));
    moveTowards(average, value, share);
    return tf.scalar(0);
  }, { mode });
  const seen: number[][] = [];
  for (const share of [0.9, 0.3, 0.001]) {
    tf.dispose(await move(tf.scalar(share)));
    seen.push([...average.dataSync()]);
  }
  tf.dispose([average, value]);
  return seen;
}

describeOnEngines("moveTowards", () => {
  it("moves by a share of the distance, from where it is to where the value has gone", async () => {
    const start = numbers("average", COUNT, -1, 1);
    const value = numbers("value", COUNT, -1, 1);
    const [first, second] = await averages("off");
    for (let i = 0; i < COUNT; i++) {
      const one = 0.1 * start[i]! + 0.9 * 1.25 * value[i]!;
      const two = 0.7 * one + 0.3 * 1.25 ** 2 * value[i]!;
      assert(Math.abs(first![i]! - one) < 1e-6 && Math.abs(second![i]! - two) < 1e-6);
    }
  });

  it("does the same to the bit when it is compiled", async () => {
    assertEquals(await averages("on"), await averages("off"));
  });
});
