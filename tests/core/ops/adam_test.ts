import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { compile } from "../../../core/backends/compile.ts";
import { type AdamVariables, applyAdam } from "../../../core/ops/adam.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";

const BETA1 = 0.5, BETA2 = 0.999;

function newVariables(values: readonly number[]): AdamVariables {
  const variable = tf.variable(tf.tensor1d([...values]));
  const zeros = (): Variable => tf.variable(tf.zeros([values.length]), false);
  return { variable, first: zeros(), second: zeros() };
}

function update(variables: AdamVariables, gradient: Tensor): void {
  const [stepSize, epsilon] = [tf.scalar(0.1), tf.scalar(1e-7)];
  applyAdam(variables, { gradient, stepSize, epsilon, beta1: BETA1, beta2: BETA2 });
}

function read({ variable, first, second }: AdamVariables): number[][] {
  return [variable, first, second].map((one) => [...one.dataSync()]);
}

/** Values after each of some calls of a function of three fresh variables. */
async function after(
  body: (a: AdamVariables, b: AdamVariables) => Tensor | void,
  mode: "off" | "on",
): Promise<number[][]> {
  const [a, b] = [newVariables([1, -2, 3]), newVariables([0.5, 0.25, 4])];
  const compiled = compile(() => body(a, b) ?? tf.scalar(0), { mode });
  const seen: number[][] = [];
  for (let call = 0; call < 3; call++) {
    const result = await compiled();
    seen.push([...result.dataSync()], ...read(a), ...read(b));
    result.dispose();
  }
  tf.dispose([...Object.values(a), ...Object.values(b)]);
  return seen;
}

/** What functions do with variables between, before and after their updates. */
const BODIES: Readonly<Record<string, (a: AdamVariables, b: AdamVariables) => Tensor | void>> = {
  "one update": (a) => update(a, tf.square(a.variable)),
  "several updates of one variable": (a) => {
    for (let i = 0; i < 3; i++) update(a, tf.square(a.variable));
  },
  "a value that is used before and after the update": (a, b) => {
    const before = tf.mul(a.variable, b.variable);
    update(a, b.variable);
    return tf.concat([before, tf.mul(a.variable, b.variable)]);
  },
  "a copy from before the update": (a) => {
    const copy = a.variable.clone();
    update(a, tf.square(a.variable));
    return tf.sub(a.variable, copy);
  },
  "an update of one by the other, which is updated itself": (a, b) => {
    update(a, tf.neg(b.variable));
    update(b, tf.square(a.variable));
    update(a, b.variable);
  },
  "a variable that was assigned before": (a) => {
    a.variable.assign(tf.mul(a.variable, 2));
    update(a, tf.square(a.variable));
  },
  "a variable that is assigned afterwards": (a) => {
    update(a, tf.square(a.variable));
    a.variable.assign(tf.mul(a.variable, 2));
  },
  "a variable that is given its old value afterwards": (a) => {
    const copy = a.variable.clone();
    update(a, tf.square(a.variable));
    a.variable.assign(copy);
  },
  "a variable that was given the other's value": (a, b) => {
    a.variable.assign(b.variable);
    update(a, tf.ones([3]));
    return tf.sub(a.variable, b.variable);
  },
  "moments that are reset": (a) => {
    update(a, tf.square(a.variable));
    a.first.assign(tf.zeros([3]));
  },
};

describeOnEngines("applyAdam", () => {
  it("follows the formula", () => {
    const variables = newVariables([1, -2, 3]);
    tf.tidy(() => update(variables, tf.tensor1d([2, 0, -4])));
    const [variable, first, second] = read(variables);
    [1, 0, -2].forEach((expected, i) => assert(Math.abs(first![i]! - expected) < 1e-6));
    [4e-3, 0, 16e-3].forEach((expected, i) => assert(Math.abs(second![i]! - expected) < 1e-6));
    const change = (m: number, v: number): number => 0.1 * m / (Math.sqrt(v) + 1e-7);
    [1 - change(1, 4e-3), -2, 3 - change(-2, 16e-3)].forEach((expected, i) =>
      assert(Math.abs(variable![i]! - expected) < 1e-4, `${variable}`)
    );
  });

  for (const [name, body] of Object.entries(BODIES)) {
    it(`does the same when it is compiled: ${name}`, async () => {
      assertEquals(await after(body, "on"), await after(body, "off"));
    });
  }

  it("takes part in gradients that are taken around it", async () => {
    const weight = tf.variable(tf.scalar(3));
    const step = (variables: AdamVariables): Scalar => {
      const { value, grads } = tf.variableGrads(() => {
        update(variables, tf.ones([3]));
        return tf.sum<Scalar>(tf.mul(variables.variable, weight));
      }, [weight]);
      return tf.add(value, grads[weight.name]!);
    };
    const results: number[] = [];
    for (const mode of ["off", "on"] as const) {
      const variables = newVariables([1, 2, 3]);
      const result = await compile(() => step(variables), { mode })();
      results.push(result.dataSync()[0]!);
    }
    assertEquals(results[0], results[1]);
  });
});
