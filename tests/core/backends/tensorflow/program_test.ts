import * as tf from "@tensorflow/tfjs";
import type { Tensor1D, Variable } from "@tensorflow/tfjs";
import { assertEquals, assertRejects } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { compile, registerCompiler } from "../../../../core/backends/compile.ts";
import "../../../../core/backends/tensorflow/backend.ts";
import { TensorflowBinding } from "../../../../core/backends/tensorflow/binding.ts";
import { TensorflowCompiler } from "../../../../core/backends/tensorflow/compiler.ts";
import { registerTensorflowKernels } from "../../../../core/backends/tensorflow/kernels.ts";
import { TensorflowBackend } from "../../../../core/backends/tensorflow/node_backend.ts";
import { silenced } from "../../../../core/backends/tensorflow/silence.ts";
import { openLibrary } from "../../../../core/backends/tensorflow/symbols.ts";
import { applyAdam } from "../../../../core/ops/mod.ts";
import { type CountedRuntime, NOTHING, startCounted } from "./counted.ts";
import { libraryPath, skip } from "./installed.ts";

describe("what compiled functions make in TensorFlow", { skip }, () => {
  let runtime: CountedRuntime;
  let binding: TensorflowBinding;
  before(async () => {
    runtime = startCounted(silenced(() => openLibrary(libraryPath)));
    binding = new TensorflowBinding(runtime);
    const backend = new TensorflowBackend(binding);
    tf.registerBackend("tensorflow", () => backend);
    registerTensorflowKernels();
    registerCompiler("tensorflow", new TensorflowCompiler(runtime, backend));
    await tf.setBackend("tensorflow");
  });
  after(() => {
    registerCompiler("tensorflow", null);
    tf.removeBackend("tensorflow");
    runtime.close();
  });

  const newVariable = (): Variable => tf.tidy(() => tf.variable(tf.ones([3])));

  /** Calls `body` often, and fails if more is alive in TensorFlow after the last than the third. */
  async function assertFlat(body: (call: number) => Promise<void>): Promise<void> {
    for (let call = 0; call < 3; call++) await body(call);
    const expected = { ...runtime.alive(), held: binding.getNumOfTensors() };
    for (let call = 3; call < 200; call++) await body(call);
    assertEquals({ ...runtime.alive(), held: binding.getNumOfTensors() }, expected);
  }

  it("is freed after each call, and does not become more with their number", async () => {
    const [variable, first, second] = [newVariable(), newVariable(), newVariable()];
    const [stepSize, epsilon] = [tf.scalar(0.1), tf.scalar(1e-7)];
    const step = compile((x: Tensor1D) => {
      const gradient = tf.mul(variable, x);
      applyAdam({ variable, first, second }, {
        gradient,
        stepSize,
        epsilon,
        beta1: 0.5,
        beta2: 0.999,
      });
      second.assign(tf.mul(second, 0.5));
      return tf.add(variable, gradient);
    });
    await assertFlat(async (call) => {
      const x = tf.tensor1d([call, 1, 2]);
      const result = await step(x);
      // Everything that moves values: reads, eager use, assignments and copies of variables.
      if (call % 5 === 0) variable.dataSync();
      if (call % 7 === 0) tf.neg(first).dispose();
      if (call % 11 === 0) variable.assign(result as Tensor1D);
      const copy = second.clone();
      tf.dispose([await step(x), copy, result, x]);
    });
  });

  it("is freed when the function or the call fails", async () => {
    const table = newVariable();
    const throwing = compile((x: Tensor1D) => {
      table.assign(tf.add(table, x));
      throw new RangeError("never");
    });
    const look = compile((at: Tensor1D) => tf.gather(table, at));
    const at = tf.tensor1d([7], "int32");
    await assertFlat(async () => {
      const x = tf.tensor1d([1, 2, 3]);
      await assertRejects(() => throwing(x), RangeError, "never");
      await assertRejects(() => look(at), Error, "indices[0] = 7");
      x.dispose();
    });
  });

  it("is gone with the variables that it was for", async () => {
    const x = tf.tensor1d([1, 2, 3]);
    const before = { ...runtime.alive(), held: binding.getNumOfTensors() };
    const variable = newVariable();
    const grow = compile((x: Tensor1D) => variable.assign(tf.add(variable, x)));
    await grow(x);
    variable.dispose();
    assertEquals({ ...runtime.alive(), held: binding.getNumOfTensors() }, before);
    x.dispose();
  });

  it("is gone when the engine is closed", () => {
    binding.close();
    assertEquals(runtime.alive(), NOTHING);
  });
});
