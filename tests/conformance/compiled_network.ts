/** What a network must keep to where an engine compiles. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Variable } from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { compile } from "../../core/backends/compile.ts";
import { startTensorflow } from "../../core/backends/tensorflow/backend.ts";
import { findLibrary } from "../../core/backends/tensorflow/library.ts";
import { namedVariables, trainableVariables } from "../../core/networks.ts";
import type { Mode } from "../../core/plugin.ts";
import {
  applyTo,
  type Build,
  drawInputs,
  mixed,
  type NetworkNeeds,
  SHAPES,
  valuesOf,
} from "./network.ts";

/** The claim that compiled code does what the same code does as it is, where an engine compiles. */
export function claimOfCompilation(what: string, build: Build, needs: NetworkNeeds): void {
  const { shapes = SHAPES } = needs;
  const skip = library === null
    ? "TensorFlow's library is not here: deno task setup fetches it"
    : false;
  describe(`${what}, compiled`, { skip }, () => {
    let engine: { close(): void } | undefined;
    before(async () => {
      engine = await startTensorflow({ library: library?.path ?? "" });
    });
    after(() => engine?.close());

    it("gives the outputs, gradients and statistics that it gives as it is", async () => {
      const model = build(shapes[0]!, 23);
      const variables = trainableVariables(model);
      const statistics = [...namedVariables(model).values()].filter((one) => !one.trainable);
      const step = (inputs: Tensor[], step: tf.Scalar): Tensor[] => {
        const mode: Mode = { training: true, dropout: true, updateStatistics: true, step };
        const outputs = applyTo(model, inputs, mode);
        if (variables.length === 0) return outputs;
        const again = { ...mode, updateStatistics: false };
        const { grads } = tf.variableGrads(() => mixed(applyTo(model, inputs, again)), variables);
        return [...outputs, ...variables.map(({ name }) => grads[name]!)];
      };
      const begin = statistics.map((variable) => variable.clone());
      const run = async (mode: "on" | "off"): Promise<number[][]> => {
        statistics.forEach((variable, index) => variable.assign(begin[index] as Variable));
        const inputs = drawInputs(model), number = tf.scalar(5, "int32");
        const results = await compile(step, { mode })(inputs, number);
        const found = valuesOf([...results, ...statistics]);
        tf.dispose([inputs, number, results]);
        return found;
      };
      const [asItIs, compiled] = [await run("off"), await run("on")];
      assertEquals(compiled.length, asItIs.length);
      compiled.forEach((values, index) => assertNear(`result ${index}`, values, asItIs[index]!));
      tf.dispose(begin);
      model.dispose();
    });
  });
}

const library = await findLibrary();

/** Up to a share of the largest: an optimised graph may sum in another order. */
function assertNear(what: string, actual: readonly number[], expected: readonly number[]): void {
  assertEquals(actual.length, expected.length, what);
  const allowed = 1e-4 * Math.max(...expected.map(Math.abs), 1e-6);
  const worst = Math.max(...actual.map((value, index) => Math.abs(value - expected[index]!)));
  assert(worst <= allowed, `${what} differs by ${worst}, more than ${allowed}`);
}
