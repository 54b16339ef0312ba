/** What a network must keep to where an engine compiles. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Variable } from "@tensorflow/tfjs";
import { it } from "@std/testing/bdd";
import { compile } from "../../core/backends/compile.ts";
import { namedVariables, trainableVariables } from "../../core/model/networks.ts";
import type { Mode } from "../../core/plugin.ts";
import { assertSameCompiled, describeCompiled } from "./compiled.ts";
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
  describeCompiled(what, () => {
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
        // Another claim is that all have one.
        return [...outputs, ...variables.flatMap(({ name }) => grads[name] ?? [])];
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
      const asItIs = await run("off");
      assertSameCompiled(await run("on"), asItIs);
      tf.dispose(begin);
      model.dispose();
    });
  });
}
