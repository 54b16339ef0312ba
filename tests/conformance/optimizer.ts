/**
 * The suite for optimizers, your own included:
 *
 *     conformsAsOptimizer("adam", () => adam());
 *
 * in a test file runs it.
 */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { compile } from "../../core/backends/compile.ts";
import type { Optimizer, UpdateRule } from "../../core/plugin.ts";
import { randomStream } from "../../core/random/stream.ts";
import { assertSameCompiled, describeCompiled } from "./compiled.ts";

const KEPT = "make variables in `start` alone; what apply computes, the step tidies up";

/** Of every rank that networks have. */
const SHAPES = [[3, 3, 2, 4], [4], [5, 2], []];

/** Runs the suite for what `makeOptimizer` makes. */
export function conformsAsOptimizer(name: string, makeOptimizer: () => Optimizer): void {
  describe(`${name} as an optimizer`, () => {
    before(() => tf.setBackend("cpu"));

    it("begins with a positive rate", () => {
      const { rate } = makeOptimizer();
      const first = typeof rate === "number"
        ? rate
        : rate({ epoch: 0, epochs: 2, step: 0, stepsPerEpoch: 10 });
      assert(
        Number.isFinite(first) && first > 0,
        `its rate is ${first}. Use one above 0, e.g. 2e-4`,
      );
    });

    it("moves every number of every variable against its gradient", () => {
      const { variables, rule } = start(makeOptimizer());
      const values = valuesOf(variables);
      applyTo(rule, variables.map(({ shape }) => tf.ones(shape)));
      for (const [index, after] of valuesOf(variables).entries()) {
        const before = values[index]!;
        assert(
          after.every((value, place) => value < before[place]!),
          `a variable of [${
            SHAPES[index]!.join(", ")
          }] has not moved against its gradient: apply must assign a new value to each variable`,
        );
      }
      end(variables, rule);
    });

    it("changes nothing else: neither gradients nor variables that are not its own", () => {
      const { variables, rule } = start(makeOptimizer());
      const stranger = tf.variable(tf.scalar(1));
      const gradients = gradientsOf(1);
      const values = valuesOf(gradients);
      tf.tidy(() => rule.apply(gradients, tf.scalar(0.1)));
      assertEquals(
        valuesOf([stranger, ...gradients]),
        [Float32Array.of(1), ...values],
        "it has changed a gradient or another's variable",
      );
      tf.dispose([stranger, ...gradients]);
      end(variables, rule);
    });

    it("stands still at a rate of 0", () => {
      const { variables, rule } = start(makeOptimizer());
      const values = valuesOf(variables);
      for (let step = 0; step < 3; step++) applyTo(rule, gradientsOf(step), 0);
      assertEquals(
        valuesOf(variables),
        values,
        "it moves all the same: use the rate that apply is given",
      );
      end(variables, rule);
    });

    it("bears a gradient of zeros, first and later", () => {
      const { variables, rule } = start(makeOptimizer());
      const zeros = (): Tensor[] => variables.map(({ shape }) => tf.zeros(shape));
      for (const gradients of [zeros(), zeros(), gradientsOf(1), zeros()]) {
        applyTo(rule, gradients);
        const all = valuesOf([...variables, ...Object.values(rule.state)]);
        assert(
          all.every((values) => values.every(Number.isFinite)),
          "a number is not finite: divide by a root plus an epsilon",
        );
      }
      end(variables, rule);
    });

    it("begins with a state of zeros that no gradient is taken of", () => {
      const { variables, rule } = start(makeOptimizer());
      for (const [name, variable] of Object.entries(rule.state)) {
        assert(
          variable.dataSync().every((value) => value === 0),
          `"${name}" is not zero: zerosFor(variables) makes a state of zeros`,
        );
        assert(
          !variable.trainable,
          `"${name}" is trainable: zerosFor(variables) makes variables that are not`,
        );
      }
      end(variables, rule);
    });

    it("names its state the same whatever the process has built before", () => {
      const first = start(makeOptimizer());
      const second = start(makeOptimizer());
      assertEquals(
        Object.keys(second.rule.state),
        Object.keys(first.rule.state),
        "a checkpoint would not find it: namedState(variables, { … }) makes names that stay",
      );
      for (const { variables, rule } of [first, second]) end(variables, rule);
    });

    it("goes on from its state as if it had never stopped", () => {
      const first = start(makeOptimizer());
      const second = start(makeOptimizer());
      for (let step = 0; step < 3; step++) applyTo(first.rule, gradientsOf(step));
      first.variables.forEach((variable, index) => second.variables[index]!.assign(variable));
      for (const [name, variable] of Object.entries(second.rule.state)) {
        variable.assign(first.rule.state[name]!);
      }
      for (const { rule } of [first, second]) {
        for (let step = 3; step < 6; step++) applyTo(rule, gradientsOf(step));
      }
      assertEquals(
        valuesOf(second.variables),
        valuesOf(first.variables),
        "with the same state it moves otherwise: all that it remembers belongs into `state`, counts of steps too",
      );
      const { state } = first.rule;
      assertEquals(valuesOf(Object.values(second.rule.state)), valuesOf(Object.values(state)));
      for (const { variables, rule } of [first, second]) end(variables, rule);
    });

    it("keeps no tensor, and makes none in the middle of a training", () => {
      const { variables, rule } = start(makeOptimizer());
      applyTo(rule, gradientsOf(0));
      const { numTensors, numDataBuffers } = tf.memory();
      for (let step = 1; step < 4; step++) applyTo(rule, gradientsOf(step));
      assertEquals(tf.memory().numTensors, numTensors, `tensors: ${KEPT}`);
      assertEquals(tf.memory().numDataBuffers, numDataBuffers, `buffers: ${KEPT}`);
      end(variables, rule);
    });
  });

  describeCompiled(`${name} as an optimizer`, () => {
    it("updates in three steps as it does as it is", async () => {
      const run = async (mode: "on" | "off"): Promise<number[][]> => {
        const { variables, rule } = start(makeOptimizer());
        const update = (gradients: Tensor[], rate: Scalar): Tensor[] => {
          rule.apply(gradients, rate);
          return [tf.neg(rate)];
        };
        const compiled = compile(update, { name: `the optimizer ${name}`, mode });
        for (const step of [1, 2, 3]) {
          const gradients = gradientsOf(step), rate = tf.scalar(0.1 / step);
          tf.dispose([await compiled(gradients, rate), gradients, rate]);
        }
        const all = valuesOf([...variables, ...Object.values(rule.state)]);
        end(variables, rule);
        return all.map((values) => [...values]);
      };
      const asItIs = await run("off");
      assertSameCompiled(await run("on"), asItIs);
    });
  });
}

function start(optimizer: Optimizer): { variables: Variable[]; rule: UpdateRule } {
  const variables = SHAPES.map((shape, index) =>
    tf.tidy(() => tf.variable(draw(`variable ${index}`, shape), true))
  );
  // As a network's are called: with a number that counts what the process has built.
  const named = variables.map((variable, index) => {
    variable.name = `layer${index}/kernel_${variable.id}`;
    return variable;
  });
  return { variables: named, rule: optimizer.start(named) };
}

function end(variables: Variable[], rule: UpdateRule): void {
  tf.dispose([...variables, ...Object.values(rule.state)]);
}

/** Disposes the gradients afterwards, as the step does. */
function applyTo(rule: UpdateRule, gradients: Tensor[], rate = 0.01): void {
  tf.tidy(() => rule.apply(gradients, tf.scalar(rate)));
  tf.dispose(gradients);
}

function gradientsOf(step: number): Tensor[] {
  return SHAPES.map((shape, index) => draw(`gradient ${index} of step ${step}`, shape));
}

function draw(name: string, shape: number[]): Tensor {
  const random = randomStream(5, name);
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal());
  return tf.tensor(values, shape);
}

function valuesOf(tensors: readonly Tensor[]): Float32Array[] {
  return tensors.map((tensor) => tensor.dataSync<"float32">().slice());
}
