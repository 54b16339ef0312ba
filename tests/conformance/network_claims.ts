/** What every network must keep to, generators and discriminators alike. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { it } from "@std/testing/bdd";
import { namedVariables, trainableVariables } from "../../core/model/networks.ts";
import { messageOf, type Mode, PairlabError } from "../../core/plugin.ts";
import { numbers } from "../fidelity/numbers.ts";
import {
  applyTo,
  assertFinite,
  type Build,
  drawInputs,
  isZero,
  mixed,
  modeOf,
  type NetworkNeeds,
  SHAPES,
  using,
  valuesOf,
} from "./network.ts";
import { assertSame } from "./same.ts";

const SEEDED = "each layer's initialiser needs a seed that follows from the network's, e.g. " +
  "convolution(x, { name, seed, … }) or layerSeed(seed, name)";
const UNNAMED =
  "layers and weights need names of their own, the same each time: give every layer " +
  "a `name`, for tfjs counts through those that have none";
const UNREACHED = "every layer must contribute to an output, by operations that have a gradient " +
  "(a ReLU that is never above 0, a bias before a norm that takes the mean away, and rounding " +
  "have none)";
const STATELESS = "a network must follow from its weights, its input and its mode: no " +
  "Math.random and no tf.random…, dropout() draws by the step instead";
const KEPT = "results in between belong into a tidy, and weights to the layer (this.addWeight), " +
  "so that model.dispose() finds them";

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

/** A network from its topology; a layer that is not registered is unknown there. */
async function restore(topology: tf.io.ModelJSON["modelTopology"]): Promise<LayersModel> {
  try {
    return await tf.models.modelFromJSON(topology as Parameters<typeof tf.models.modelFromJSON>[0]);
  } catch (error) {
    throw new Error(
      `Its topology does not load: ${
        messageOf(error)
      }. A layer of your own needs a static className and tf.serialization.registerClass(…)`,
      { cause: error },
    );
  }
}

/** The claims, within a `describe` of the caller's, on the CPU. */
export function claimsOfNetworks(
  build: Build,
  { shapes = SHAPES, refused = [] }: NetworkNeeds,
): void {
  const shape = shapes[0]!;

  it("draws weights by its seed alone", () => {
    const [one, same, other] = [build(shape, 23), build(shape, 23), build(shape, 24)];
    assertSame(
      valuesByName(same),
      valuesByName(one),
      `the same seed gives other weights: ${SEEDED}`,
    );
    if (one.trainableWeights.length > 0) {
      assert(
        JSON.stringify(valuesByName(other)) !== JSON.stringify(valuesByName(one)),
        `another seed gives the same weights: ${SEEDED}`,
      );
    }
    for (const model of [one, same, other]) model.dispose();
  });

  it("names layers and weights the same whatever was built before", () =>
    using(build, shape, (model) =>
      using(build, shape, (again) => {
        const names = (model: LayersModel): string[] => model.layers.map(({ name }) => name);
        assertEquals(names(again), names(model), UNNAMED);
        const weights = (model: LayersModel): string[] => [...namedVariables(model).keys()];
        assertEquals(weights(again), weights(model), UNNAMED);
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
          assert(gradient !== undefined, `${name} has no gradient: ${UNREACHED}`);
          assertFinite(`the gradient of ${name}`, gradient);
          assert(!isZero(gradient), `no gradient reaches ${name}: ${UNREACHED}`);
        }
      })));

  it("gives the same twice in one step, and another in the next only by its dropout", () =>
    using(build, shape, (model) => {
      const once = outputsOf(model, () => modeOf());
      assertSame(outputsOf(model, () => modeOf()), once, `asked twice: ${STATELESS}`);
      const next = outputsOf(model, () => modeOf({}, 2));
      if (dropsOut(model)) {
        assert(
          JSON.stringify(next) !== JSON.stringify(once),
          "its dropout drops the same in every step: the layer must read `step` from kwargs, as dropout() does",
        );
      }
      const quiet = (step: number) => outputsOf(model, () => modeOf({ dropout: false }, step));
      assertSame(quiet(2), quiet(1), `it differs without dropout: ${STATELESS}`);
    }));

  it("changes nothing unless it trains and updates statistics, and then no trained weight", () =>
    using(build, shape, (model) => {
      const before = valuesByName(model);
      for (
        const changes of [{}, { training: false }, { training: false, updateStatistics: true }]
      ) {
        outputsOf(model, () => modeOf(changes));
        assertSame(
          valuesByName(model),
          before,
          `a weight has changed in the mode ${
            JSON.stringify(changes)
          }: only where \`training\` and \`updateStatistics\` are true may a layer assign to a variable, as batchNorm() does`,
        );
      }
      outputsOf(model, () => modeOf({ updateStatistics: true }));
      const after = valuesByName(model);
      for (const [name, variable] of namedVariables(model)) {
        if (!variable.trainable) continue;
        assertSame(after[name], before[name], `${name} has changed: only optimizers change it`);
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
    const restored = await restore(topology);
    const weights = namedVariables(model);
    assertEquals([...namedVariables(restored).keys()], [...weights.keys()], UNNAMED);
    for (const [name, variable] of namedVariables(restored)) variable.assign(weights.get(name)!);
    for (const changes of [{}, { training: false }, { updateStatistics: true }]) {
      const mode = (): Mode => modeOf(changes);
      assertSame(
        outputsOf(restored, mode),
        outputsOf(model, mode),
        `it computes something else in the mode ${
          JSON.stringify(changes)
        }: getConfig of a layer of your own must tell all that its constructor is given`,
      );
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
      assertEquals(
        tf.memory().numTensors,
        numTensors,
        `tensors that a call leaves behind: ${KEPT}`,
      );
      assertEquals(
        tf.memory().numDataBuffers,
        numDataBuffers,
        `buffers that a call leaves behind: ${KEPT}`,
      );
    });
    assertEquals(
      tf.memory().numTensors,
      start.numTensors,
      `tensors that are left when the model is disposed: ${KEPT}`,
    );
  });

  for (const { input, target } of refused) {
    const described = `${input.width}x${input.height} of ${input.channels} to ` +
      `${target.width}x${target.height} of ${target.channels}`;
    it(`refuses what it cannot take, and says what would work (${described})`, () => {
      const start = tf.memory().numTensors;
      const error = assertThrows(() => build({ input, target }, 23), PairlabError);
      assert(
        error.message.startsWith("Cannot ") && error.message.includes("would work"),
        `it refuses with "${error.message}": "Cannot …: what was found, what would work" tells more`,
      );
      assertEquals(tf.memory().numTensors, start, "it leaves tensors behind");
    });
  }
}
