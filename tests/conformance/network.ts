/** What every network must keep to, generators and discriminators alike. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor, Variable } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { compile } from "../../core/backends/compile.ts";
import { startTensorflow } from "../../core/backends/tensorflow/backend.ts";
import { findLibrary } from "../../core/backends/tensorflow/library.ts";
import { namedVariables, trainableVariables } from "../../core/networks.ts";
import { type Mode, PairlabError, type TaskShape } from "../../core/plugin.ts";
import { numbers } from "../fidelity/numbers.ts";

/** What builds the network: a generator or a discriminator. */
export type Build = (shape: TaskShape, seed: number) => LayersModel;

/** What a suite needs to know of a network. */
export interface NetworkNeeds {
  /**
   * Shapes that it takes. It is built for all of them, and computes for the first, which had better
   * be small. @default 64x64, 128x64 and 256x256, three channels
   */
  readonly shapes?: readonly TaskShape[];
  /** Shapes that it refuses, with words that say what would work. @default none */
  readonly refused?: readonly TaskShape[];
}

/** A shape whose input and target are of one size. */
export function taskOf(width: number, height: number = width, channels: number = 3): TaskShape {
  const picture = { width, height, channels };
  return { input: picture, target: { ...picture, channels: 3 } };
}

export const SHAPES: readonly TaskShape[] = [taskOf(64), taskOf(128, 64), taskOf(256)];

/** The whole mode of a call, by default that of a training step that remembers nothing. */
export function modeOf(changes: Partial<Omit<Mode, "step">> = {}, step: number = 1): Mode {
  return {
    training: true,
    dropout: true,
    updateStatistics: false,
    ...changes,
    step: tf.scalar(step, "int32"),
  };
}

/** Pictures for all inputs of a network, in -1…1. */
export function drawInputs(model: LayersModel, batch: number = 1): Tensor[] {
  return model.inputs.map(({ shape }, index) => {
    const whole = [batch, ...shape.slice(1) as number[]];
    const size = tf.util.sizeFromShape(whole);
    return tf.tensor(numbers(`input ${index}`, size, -1, 1), whole);
  });
}

export function applyTo(model: LayersModel, inputs: readonly Tensor[], mode: Mode): Tensor[] {
  const given = inputs.length === 1 ? inputs[0]! : [...inputs];
  const outputs = model.apply(given, { ...mode });
  return (Array.isArray(outputs) ? outputs : [outputs]) as Tensor[];
}

/** One number in which every output has a part of its own. */
export function mixed(outputs: readonly Tensor[]): tf.Scalar {
  return tf.addN(outputs.map((output, index) => {
    const weights = tf.tensor(numbers(`weights ${index}`, output.size, -1, 1), output.shape);
    return tf.sum<tf.Scalar>(tf.mul(output, weights));
  }));
}

function valuesOf(tensors: Iterable<Tensor>): number[][] {
  return [...tensors].map((tensor) => [...tensor.dataSync()]);
}

function outputsOf(model: LayersModel, mode: () => Mode): number[][] {
  return tf.tidy(() => valuesOf(applyTo(model, drawInputs(model), mode())));
}

function valuesByName(model: LayersModel): Record<string, number[]> {
  return Object.fromEntries(
    [...namedVariables(model)].map(([name, variable]) => [name, [...variable.dataSync()]]),
  );
}

/** Whether a layer of the network drops out. */
function dropsOut(model: LayersModel): boolean {
  return model.layers.some((layer) => layer.getClassName() === "StatelessDropout");
}

export function assertFinite(what: string, tensor: Tensor): void {
  assert(tensor.dataSync().every(Number.isFinite), `${what} is not finite`);
}

export function isZero(tensor: Tensor): boolean {
  return tensor.dataSync().every((value) => value === 0);
}

/** The claims, within a `describe` of the caller's, on the CPU. */
export function claimsOfNetworks(
  build: Build,
  { shapes = SHAPES, refused = [] }: NetworkNeeds,
): void {
  const shape = shapes[0]!;

  it("draws weights by its seed alone", () => {
    const [one, same, other] = [build(shape, 23), build(shape, 23), build(shape, 24)];
    assertEquals(valuesByName(same), valuesByName(one));
    if (one.trainableWeights.length > 0) {
      assert(
        JSON.stringify(valuesByName(other)) !== JSON.stringify(valuesByName(one)),
        "another seed gives the same weights",
      );
    }
    for (const model of [one, same, other]) model.dispose();
  });

  it("names layers and weights the same whatever was built before", () =>
    using(build, shape, (model) =>
      using(build, shape, (again) => {
        const names = (model: LayersModel): string[] => model.layers.map(({ name }) => name);
        assertEquals(names(again), names(model));
        assertEquals([...namedVariables(again).keys()], [...namedVariables(model).keys()]);
      })));

  it("passes a finite gradient to every weight", () =>
    using(build, shape, (model) =>
      tf.tidy(() => {
        const variables = trainableVariables(model);
        if (variables.length === 0) return;
        const inputs = drawInputs(model, 2);
        const { grads } = tf.variableGrads(
          () => mixed(applyTo(model, inputs, modeOf())),
          variables,
        );
        for (const [name, variable] of namedVariables(model)) {
          if (!variable.trainable) continue;
          const gradient = grads[variable.name];
          assert(gradient !== undefined, `${name} has no gradient`);
          assertFinite(`the gradient of ${name}`, gradient);
          assert(!isZero(gradient), `no gradient reaches ${name}`);
        }
      })));

  it("gives the same twice in one step, and another in the next only by its dropout", () =>
    using(build, shape, (model) => {
      const once = outputsOf(model, () => modeOf());
      assertEquals(outputsOf(model, () => modeOf()), once, "asked twice");
      const next = outputsOf(model, () => modeOf({}, 2));
      if (dropsOut(model)) {
        assert(JSON.stringify(next) !== JSON.stringify(once), "the same in another step");
      }
      const quiet = (step: number) => outputsOf(model, () => modeOf({ dropout: false }, step));
      assertEquals(quiet(2), quiet(1), "without dropout");
    }));

  it("changes nothing unless it trains and updates statistics, and then no trained weight", () =>
    using(build, shape, (model) => {
      const before = valuesByName(model);
      for (
        const changes of [{}, { training: false }, { training: false, updateStatistics: true }]
      ) {
        outputsOf(model, () => modeOf(changes));
        assertEquals(valuesByName(model), before, JSON.stringify(changes));
      }
      outputsOf(model, () => modeOf({ updateStatistics: true }));
      const after = valuesByName(model);
      for (const [name, variable] of namedVariables(model)) {
        if (variable.trainable) assertEquals(after[name], before[name], name);
      }
    }));

  it("comes back from its topology and its weights by name", async () => {
    const model = build(shape, 23);
    // Not the initial ones, which the topology knows.
    tf.tidy(() => {
      for (const [name, variable] of namedVariables(model)) {
        const noise = tf.tensor(numbers(name, variable.size, 0, 0.1), variable.shape);
        variable.assign(tf.add(variable, noise));
      }
    });
    const topology = JSON.parse(model.toJSON(null, true) as string);
    const restored = await tf.models.modelFromJSON(topology);
    const weights = namedVariables(model);
    assertEquals([...namedVariables(restored).keys()], [...weights.keys()]);
    for (const [name, variable] of namedVariables(restored)) variable.assign(weights.get(name)!);
    for (const changes of [{}, { training: false }, { updateStatistics: true }]) {
      const mode = (): Mode => modeOf(changes);
      assertEquals(outputsOf(restored, mode), outputsOf(model, mode), JSON.stringify(changes));
    }
    model.dispose();
    restored.dispose();
  });

  it("keeps no tensor, but its weights as long as it is there", () => {
    const start = tf.memory();
    using(build, shape, (model) => {
      const use = (): void =>
        tf.tidy(() => {
          applyTo(model, drawInputs(model), modeOf({ updateStatistics: true }));
          const variables = trainableVariables(model);
          if (variables.length === 0) return;
          const inputs = drawInputs(model);
          tf.variableGrads(() => mixed(applyTo(model, inputs, modeOf())), variables);
        });
      // What it makes when it is first used it may keep, such as constants.
      use();
      const { numTensors, numDataBuffers } = tf.memory();
      use();
      assertEquals(tf.memory().numTensors, numTensors, "tensors of a call");
      assertEquals(tf.memory().numDataBuffers, numDataBuffers, "buffers of a call");
    });
    assertEquals(tf.memory().numTensors, start.numTensors, "tensors after all");
  });

  for (const { input, target } of refused) {
    const described = `${input.width}x${input.height} of ${input.channels} to ` +
      `${target.width}x${target.height} of ${target.channels}`;
    it(`refuses what it cannot take, and says what would work (${described})`, () => {
      const start = tf.memory().numTensors;
      const error = assertThrows(() => build({ input, target }, 23), PairlabError);
      assert(error.message.startsWith("Cannot "), error.message);
      assert(error.message.includes("would work"), error.message);
      assertEquals(tf.memory().numTensors, start, "it leaves tensors behind");
    });
  }
}

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

/** Builds a network, uses it, and disposes it. */
export function using(build: Build, shape: TaskShape, use: (model: LayersModel) => void): void {
  const model = build(shape, 23);
  try {
    use(model);
  } finally {
    model.dispose();
  }
}
