import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs";
import { assertEquals, assertRejects } from "@std/assert";
import { it } from "@std/testing/bdd";
import { compile } from "../../../core/backends/compile.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";

/** Reads tensors and disposes them. */
function take(...tensors: Tensor[]): number[][] {
  return tensors.map((tensor) => {
    const values = [...tensor.dataSync()];
    tensor.dispose();
    return values;
  });
}

/** One step of gradient descent of (weight - target)², at half the rate that would suffice. */
function descent(weight: tf.Variable): (target: Scalar) => Promise<Scalar> {
  return compile((target: Scalar) => {
    const { value, grads } = tf.variableGrads(() => tf.squaredDifference(weight, target));
    weight.assign(tf.sub(weight, tf.mul(grads[weight.name]!, 0.25)));
    return value;
  });
}

describeOnEngines("a compiled function", () => {
  it("takes and gives tensors in arrays and records", async () => {
    const sums = compile(({ a, b }: { a: Tensor; b: Tensor[] }) => ({
      whole: tf.addN([a, ...b]),
      parts: b.map((one) => tf.add(a, one)),
    }));
    const [a, b, c] = [[1, 2], [10, 20], [100, 200]].map((values) => tf.tensor1d(values));
    const { whole, parts } = await sums({ a: a!, b: [b!, c!] });
    assertEquals(take(whole, ...parts), [[111, 222], [11, 22], [101, 202]]);
    tf.dispose([a!, b!, c!]);
  });

  it("takes booleans and strings, and does what they say", async () => {
    const scaled = compile((x: Tensor, options: { twice: boolean; sign: string }) =>
      tf.mul(x, (options.twice ? 2 : 1) * (options.sign === "minus" ? -1 : 1))
    );
    const x = tf.tensor1d([3]);
    const results = [
      await scaled(x, { twice: false, sign: "plus" }),
      await scaled(x, { twice: true, sign: "plus" }),
      await scaled(x, { twice: true, sign: "minus" }),
      await scaled(x, { twice: false, sign: "plus" }),
    ];
    assertEquals(take(...results), [[3], [6], [-6], [3]]);
    x.dispose();
  });

  it("works on tensors of any shape and type, one after the other", async () => {
    const square = compile((x: Tensor) => tf.square(x));
    const inputs = [tf.tensor1d([2, 3]), tf.scalar(4), tf.tensor1d([5], "int32"), tf.scalar(6)];
    const results: Tensor[] = [];
    for (const input of inputs) results.push(await square(input));
    assertEquals(results.map(({ dtype }) => dtype), ["float32", "float32", "int32", "float32"]);
    assertEquals(take(...results), [[4, 9], [16], [25], [36]]);
    tf.dispose(inputs);
  });

  it("takes gradients, assigns variables, and shows their values to everybody else", async () => {
    const weight = tf.variable(tf.scalar(3));
    const step = descent(weight);
    const target = tf.scalar(1);
    assertEquals(take(await step(target)), [[4]]);
    assertEquals(weight.dataSync()[0], 2);
    assertEquals(take(tf.mul(weight, 10)), [[20]]);
    assertEquals(take(await step(target)), [[1]]);
    assertEquals([...await weight.data()], [1.5]);
    tf.dispose([weight, target]);
  });

  it("sees what was assigned to a variable between two calls", async () => {
    const weight = tf.variable(tf.scalar(3));
    const step = descent(weight);
    const target = tf.scalar(0);
    take(await step(target));
    tf.tidy(() => weight.assign(tf.scalar(100)));
    assertEquals(take(await step(target)), [[10000]]);
    assertEquals(weight.dataSync()[0], 50);
    tf.dispose([weight, target]);
  });

  it("leaves tensors that shared a variable's value as they were", async () => {
    const initial = tf.scalar(8);
    const weight = tf.variable(initial);
    const step = descent(weight);
    const target = tf.scalar(0);
    const copies: Tensor[] = [initial];
    for (let i = 0; i < 3; i++) {
      copies.push(weight.clone());
      take(await step(target));
    }
    assertEquals(take(...copies), [[8], [8], [4], [2]]);
    assertEquals(weight.dataSync()[0], 1);
    tf.dispose([weight, target]);
  });

  it("tells two variables apart that began with the same tensor", async () => {
    const initial = tf.scalar(1);
    const [a, b] = [tf.variable(initial), tf.variable(initial)];
    const grow = compile(() => a.assign(tf.add(a, b)));
    for (let i = 0; i < 3; i++) await grow();
    assertEquals([a.dataSync()[0], b.dataSync()[0], initial.dataSync()[0]], [4, 1, 1]);
    tf.dispose([a, b, initial]);
  });

  it("exchanges the values of two variables", async () => {
    const [a, b] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(2))];
    const exchange = compile(() => {
      const was = a.clone();
      a.assign(b);
      b.assign(was);
    });
    for (let i = 0; i < 3; i++) await exchange();
    assertEquals([a.dataSync()[0], b.dataSync()[0]], [2, 1]);
    tf.dispose([a, b]);
  });

  it("gives new tensors, even for its arguments, variables and tensors from outside", async () => {
    const weight = tf.variable(tf.scalar(5));
    const outside = tf.scalar(6);
    const same = compile((x: Tensor) => [x, x, weight, outside]);
    const x = tf.scalar(4);
    for (let i = 0; i < 2; i++) {
      assertEquals(take(...await same(x)), [[4], [4], [5], [6]]);
    }
    assertEquals(take(x, weight, outside), [[4], [5], [6]]);
  });

  it("keeps arguments until it is done, so that they may be disposed at once", async () => {
    const double = compile((x: Tensor) => tf.mul(x, 2));
    const calls = [1, 2, 3].map((value) => {
      const x = tf.scalar(value);
      const call = double(x);
      x.dispose();
      return call;
    });
    assertEquals(take(...await Promise.all(calls)), [[2], [4], [6]]);
  });

  it("runs one call after the other, however many are under way", async () => {
    const count = tf.variable(tf.scalar(0));
    const next = compile(() => {
      count.assign(tf.add(count, 1));
      return tf.clone(count);
    });
    const results = await Promise.all([next(), next(), next()]);
    assertEquals(take(...results), [[1], [2], [3]]);
    count.dispose();
  });

  it("frees what it makes: there are no more tensors after hundreds of calls", async () => {
    const weight = tf.variable(tf.tensor1d([1, 2, 3]));
    const step = compile((x: Tensor1D) => {
      const { value, grads } = tf.variableGrads(() => tf.mean<Scalar>(tf.mul(x, weight)));
      weight.assign(tf.sub(weight, grads[weight.name]!));
      return { value, extra: tf.keep(tf.exp(value)) };
    });
    const x = tf.tensor1d([1, 2, 3]);
    const counts = new Set<number>();
    for (let i = 0; i < 300; i++) {
      tf.dispose(await step(x));
      counts.add(tf.memory().numTensors);
    }
    assertEquals(counts.size, 1, `numbers of tensors: ${[...counts]}`);
    tf.dispose([weight, x]);
  });

  it("passes on what the function throws, and works again afterwards", async () => {
    const weight = tf.variable(tf.scalar(1));
    let fails = true;
    const moody = compile((x: Tensor) => {
      const y = tf.add(x, weight);
      if (fails) throw new RangeError("not today");
      return y;
    });
    const x = tf.scalar(1);
    const before = tf.memory().numTensors;
    await assertRejects(() => moody(x), RangeError, "not today");
    assertEquals(tf.memory().numTensors, before);
    assertEquals(weight.dataSync()[0], 1);
    fails = false;
    assertEquals(take(await moody(x)), [[2]]);
    tf.dispose([weight, x]);
  });

  it("refuses numbers and objects of other kinds, and says what would work", async () => {
    const first = compile((x: tf.TensorContainer) => x, { name: "first" });
    for (
      const [value, message] of [
        [3, 'Cannot call "first" with the number 3. Use tf.scalar(3).'],
        [Float32Array.of(1), 'Cannot call "first" with a value of type Float32Array'],
      ] as const
    ) {
      await assertRejects(() => first(value), PairlabError, message);
      await assertRejects(() => first({ deep: [value] }), PairlabError, message);
    }
    const length = compile((x: Tensor) => x.size, { name: "length" });
    const x = tf.tensor1d([1, 2]);
    await assertRejects(() => length(x), PairlabError, 'Cannot return from "length" the number 2');
    const late = compile((x: Tensor) => Promise.resolve(x) as unknown as Tensor, { name: "late" });
    await assertRejects(() => late(x), PairlabError, "a value of type Promise");
    x.dispose();
  });
});
