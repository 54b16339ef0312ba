import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { compile } from "../../../../core/backends/compile.ts";
import type { TensorflowEngine } from "../../../../core/backends/tensorflow/backend.ts";
import { PairlabError } from "../../../../core/base/errors.ts";
import { statelessUniform } from "../../../../core/ops/mod.ts";
import { skip, start } from "./installed.ts";

/** Calls a compiled function on a vector, and reads the result. */
async function valuesOf(compiled: (x: Tensor1D) => Promise<Tensor>): Promise<number[]> {
  const x = tf.tensor1d([1, 2, 3]);
  const result = await compiled(x);
  const values = [...result.dataSync()];
  tf.dispose([x, result]);
  return values;
}

function assertRefused(fn: (x: Tensor1D) => Tensor, message: string): Promise<PairlabError> {
  return assertRejects(() => valuesOf(compile(fn, { name: "refused" })), PairlabError, message);
}

describe("a function that TensorFlow runs", { skip }, () => {
  let engine: TensorflowEngine;
  before(async () => {
    engine = await start();
  });
  after(() => engine.close());

  it("is traced once for arguments of the same types and shapes, and again for others", async () => {
    let traces = 0;
    const count = compile((x: Tensor, _options: { mode: string }) => {
      traces++;
      return tf.add(x, 1);
    });
    const traced: number[] = [];
    for (
      const [values, dtype, mode] of [
        [[1, 2], "float32", "a"],
        [[3, 4], "float32", "a"],
        [[3, 4, 5], "float32", "a"],
        [[3, 4], "int32", "a"],
        [[3, 4], "float32", "b"],
        [[5, 6], "float32", "a"],
      ] as const
    ) {
      const x = tf.tensor1d([...values], dtype);
      tf.dispose([x, await count(x, { mode })]);
      traced.push(traces);
    }
    assertEquals(traced, [1, 1, 2, 3, 4, 4]);
  });

  it("is not compiled if it should not be", async () => {
    const read = compile((x: Tensor1D) => tf.add(x, x.dataSync()[0]!), { mode: "off" });
    assertEquals(await valuesOf(read), [2, 3, 4]);
  });

  it("runs as machine code of XLA's with the same result", async () => {
    const weight = tf.variable(tf.tensor1d([0.5, 0.25, 0.125]));
    const fn = (x: Tensor1D): Tensor => {
      const { value, grads } = tf.variableGrads(() => tf.sum<Scalar>(tf.tanh(tf.mul(x, weight))));
      weight.assign(tf.sub(weight, grads[weight.name]!));
      return value;
    };
    const eager = [await valuesOf(compile(fn, { mode: "off" })), [...weight.dataSync()]].flat();
    weight.assign(tf.tensor1d([0.5, 0.25, 0.125]));
    const xla = [await valuesOf(compile(fn, { mode: "xla" })), [...weight.dataSync()]].flat();
    xla.forEach((value, index) =>
      assert(Math.abs(value - eager[index]!) < 1e-6, `${xla} instead of ${eager}`)
    );
  });

  describe("uses tensors from outside", () => {
    it("as they were when it was traced, even if they are disposed", async () => {
      const outside = tf.tensor1d([10, 20, 30]);
      const add = compile((x: Tensor1D) => tf.add(x, outside));
      assertEquals(await valuesOf(add), [11, 22, 33]);
      outside.dispose();
      assertEquals(await valuesOf(add), [11, 22, 33]);
    });

    it("whether they have been used before or not, and leaves them usable", async () => {
      const fresh = tf.tensor1d([1, 1, 1]);
      const add = compile((x: Tensor1D) => tf.add(x, fresh));
      assertEquals(await valuesOf(add), [2, 3, 4]);
      assertEquals([...tf.mul(fresh, 2).dataSync()], [2, 2, 2]);
    });

    it("of another backend", async () => {
      await tf.setBackend("cpu");
      const outside = tf.tensor1d([5, 6, 7]);
      const weight = tf.variable(tf.tensor1d([1, 2, 3]));
      await tf.setBackend("tensorflow");
      const grow = compile((x: Tensor1D) => {
        weight.assign(tf.add(weight, x));
        return tf.add(weight, outside);
      });
      assertEquals(await valuesOf(grow), [7, 10, 13]);
      assertEquals(await valuesOf(grow), [8, 12, 16]);
      assertEquals([...tf.mul(outside, 1).dataSync()], [5, 6, 7]);
    });

    it("that it made of numbers and kept, also when it is traced again", async () => {
      let kept: Tensor | undefined;
      const scale = compile((x: Tensor) => tf.mul(x, kept ??= tf.keep(tf.scalar(4))));
      assertEquals(await valuesOf(scale), [4, 8, 12]);
      const x = tf.scalar(2);
      assertEquals([...(await scale(x)).dataSync()], [8]);
      assertEquals([...kept!.dataSync()], [4]);
    });
  });

  describe("cannot", () => {
    it("read a value: the message names what, in which function, and where", async () => {
      const where = /\(at \S*compile_test\.ts:\d+:\d+\)/;
      const weight = tf.variable(tf.tensor1d([1, 1, 1]));
      for (
        const read of [
          (x: Tensor1D) => tf.add(x, x.dataSync()[0]!),
          (x: Tensor1D) => tf.add(x, tf.square(x).arraySync()[0]!),
          (x: Tensor1D) => tf.add(x, weight.dataSync()[0]!),
          (x: Tensor1D) => (x.print(), x),
        ]
      ) {
        const error = await assertRefused(read, 'Cannot read a tensor float32[3] in "refused"');
        assert(where.test(error.message), error.message);
      }
    });

    it("read a value with data() either, whose promise is rejected", async () => {
      let read: Promise<unknown> | undefined;
      await valuesOf(compile((x: Tensor1D) => {
        read = x.data();
        read.catch(() => {});
        return tf.clone(x);
      }));
      await assertRejects(() => read!, PairlabError, "Cannot read a tensor");
    });

    it("but may read numbers that it wrote itself", async () => {
      const fn = (x: Tensor1D): Tensor => tf.add(x, tf.tensor1d([7]).dataSync()[0]!);
      assertEquals(await valuesOf(compile(fn)), [8, 9, 10]);
    });

    it("draw random numbers from JavaScript, which would never change", async () => {
      const { random } = Math;
      await assertRefused((x) => tf.add(x, tf.randomUniform([3])), "statelessUniform");
      await assertRefused((x) => tf.dropout(x, 0.5), 'JavaScript in "refused" (at ');
      assertEquals(Math.random, random);
    });

    it("but draws new ones from a seed that is an argument", async () => {
      const noise = compile((seed: Tensor1D) => statelessUniform([4], seed));
      const drawn = [1, 2, 1].map(async (step) => {
        const seed = tf.tensor1d([23, step], "int32");
        const eager = [...statelessUniform([4], seed).dataSync()];
        assertEquals([...(await noise(seed)).dataSync()], eager);
        return eager.join();
      });
      const [first, second, again] = await Promise.all(drawn);
      assert(first !== second && first === again);
    });

    it("have shapes that depend on values", async () => {
      await assertRefused(
        (x) => tf.unique(x).values,
        'Cannot compile "UniqueV2" in "refused" (at ',
      );
    });

    it("make variables, which are gone again", async () => {
      const before = Object.keys(tf.engine().registeredVariables).length;
      await assertRefused(
        (x) => tf.add(x, tf.variable(tf.ones([3]), true, "late")),
        'Cannot make the variable "late" in "refused"',
      );
      assertEquals(Object.keys(tf.engine().registeredVariables).length, before);
    });

    it("call another compiled function", async () => {
      const inner = compile((x: Tensor) => x, { name: "inner" });
      await assertRefused(
        (x) => inner(x) as unknown as Tensor,
        'Cannot call "inner" in "refused"',
      );
    });

    it("let its tensors out by another way than its result", async () => {
      let escaped: Tensor | undefined;
      await valuesOf(compile((x: Tensor1D) => {
        escaped = tf.keep(tf.square(x));
        return tf.neg(escaped);
      }, { name: "leaky" }));
      const message = 'Cannot use a tensor float32[3] outside of "leaky"';
      assertThrows(() => escaped!.dataSync(), PairlabError, message);
      assertThrows(() => tf.add(escaped!, 1), PairlabError, message);
      await assertRefused((x) => tf.add(x, escaped!), message);
      escaped!.dispose();
    });

    it("use a variable that was disposed since", async () => {
      const weight = tf.variable(tf.ones([3]), true, "short-lived");
      const add = compile((x: Tensor1D) => tf.add(x, weight));
      assertEquals(await valuesOf(add), [2, 3, 4]);
      weight.dispose();
      await assertRejects(() => valuesOf(add), PairlabError, '"short-lived"');
    });
  });

  it("says what TensorFlow says when it fails, and works again with better arguments", async () => {
    const table = tf.variable(tf.tensor1d([10, 20, 30]));
    const look = compile((at: Tensor1D) => {
      table.assign(tf.add(table, 1));
      return tf.gather(table, at);
    }, { name: "look up" });
    const [good, bad] = [tf.tensor1d([2], "int32"), tf.tensor1d([5], "int32")];
    assertEquals([...(await look(good)).dataSync()], [31]);
    await assertRejects(() => look(bad), Error, 'Cannot run "look up": indices[0] = 5');
    assertEquals((await look(good)).shape, [1]);
  });

  describe("leaves JavaScript free meanwhile", () => {
    const slow = compile((x: Tensor2D) => {
      let y: Tensor = x;
      for (let i = 0; i < 40; i++) y = tf.tanh(tf.matMul(y as Tensor2D, x));
      return y;
    }, { name: "slow" });
    const matrix = (): Tensor2D => tf.fill([512, 512], 1e-3);

    it("for timers", async () => {
      const events: string[] = [];
      setTimeout(() => events.push("timer"), 0);
      tf.dispose(await slow(matrix()));
      events.push("done");
      assertEquals(events, ["timer", "done"]);
    });

    it("for other operations, and their errors", async () => {
      const call = slow(matrix());
      assertEquals([...tf.square(tf.tensor1d([1, 2])).dataSync()], [1, 4]);
      assertThrows(() => tf.gather(tf.tensor1d([1]), tf.tensor1d([3], "int32")));
      assertEquals((await call).shape, [512, 512]);
    });

    it("but not for what it changes, nor for closing the engine", async () => {
      const weight = tf.variable(matrix());
      const change = compile(() => {
        const y = tf.matMul(weight as Tensor as Tensor2D, weight as Tensor as Tensor2D);
        weight.assign(tf.matMul(y, y));
      }, { name: "change" });
      const call = change();
      const message = 'Cannot use a variable float32[512, 512] while "change" changes it';
      assertThrows(() => weight.dataSync(), PairlabError, message);
      assertThrows(() => tf.neg(weight), PairlabError, message);
      assertThrows(() => engine.close(), Error, "await that first");
      await call;
      assert(weight.dataSync()[0]! > 0);
    });

    it("and lets a variable be assigned or disposed, which counts from the next call on", async () => {
      const [a, b] = [tf.variable(tf.zeros([3])), tf.variable(tf.zeros([3]))];
      const grow = compile((x: Tensor1D) => {
        a.assign(tf.add(a, x));
        return tf.add(a, b);
      });
      const x = tf.tensor1d([1, 2, 3]);
      const call = grow(x);
      a.assign(tf.tensor1d([10, 10, 10]));
      b.assign(tf.tensor1d([5, 5, 5]));
      assertEquals([...(await call).dataSync()], [1, 2, 3]);
      assertEquals([...a.dataSync()], [10, 10, 10]);
      assertEquals([...(await grow(x)).dataSync()], [16, 17, 18]);
      const last = grow(x);
      b.dispose();
      assertEquals([...(await last).dataSync()], [17, 19, 21]);
    });
  });

  it("trains with an optimizer of tfjs' own, once that has made its variables", async () => {
    const train = async (mode: "off" | "on"): Promise<number> => {
      const weight = tf.variable(tf.scalar(3));
      const optimizer = tf.train.adam(0.1);
      const step = (): Scalar => optimizer.minimize(() => tf.square(weight) as Scalar, true)!;
      tf.dispose(step());
      const compiled = compile(step, { mode });
      for (let i = 0; i < 5; i++) tf.dispose(await compiled());
      return weight.dataSync()[0]!;
    };
    assertEquals(await train("on"), await train("off"));
  });
});
