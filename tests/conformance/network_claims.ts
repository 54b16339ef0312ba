/** The claims on every network, generators and discriminators alike. */
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
import { assertSaysWhatToDo } from "./says_what_to_do.ts";

const SEEDED = "derive the seed of each layer's initializer from the network's, e.g. " +
  "convolution(x, { name, seed, … }) or layerSeed(seed, name)";
const UNNAMED =
  "give every layer a `name` of its own: tfjs makes up names by counting, which differ each time";
const UNREACHED = "every layer must contribute to an output by operations that have a gradient " +
  "(a ReLU that is never above 0, a bias before a norm that subtracts the mean, and rounding " +
  "have none)";
const STATELESS =
  "a network must depend only on its weights, input and mode: use dropout(), which " +
  "is keyed by the step, not Math.random or tf.random…";
const KEPT = "compute intermediate results in a tidy, and add weights by this.addWeight, so that " +
  "model.dispose() finds them";

function outputsOf(model: LayersModel, mode: () => Mode): number[][] {
  return tf.tidy(() => valuesOf(applyTo(model, drawInputs(model), mode())));
}

function valuesByName(model: LayersModel): Record<string, number[]> {
  return Object.fromEntries(
    [...namedVariables(model)].map(([name, variable]) => [name, [...variable.dataSync()]]),
  );
}

/** Whether the network has dropout. */
function dropsOut(model: LayersModel): boolean {
  return model.layers.some((layer) => layer.getClassName() === "StatelessDropout");
}

/** Builds a network from its topology, which fails for layers that are not registered. */
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

/** Makes the claims, inside the caller's `describe`, on the CPU. */
export function claimsOfNetworks(
  build: Build,
  { shapes = SHAPES, refused = [] }: NetworkNeeds,
): void {
  const shape = shapes[0]!;

  it("draws weights that depend only on its seed", () => {
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

  it("names layers and weights the same, whatever was built before", () =>
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

  it("repeats its output within a step, and differs in the next only by dropout", () =>
    using(build, shape, (model) => {
      const once = outputsOf(model, () => modeOf());
      assertSame(outputsOf(model, () => modeOf()), once, `asked twice: ${STATELESS}`);
      const next = outputsOf(model, () => modeOf({}, 2));
      if (dropsOut(model)) {
        assert(
          JSON.stringify(next) !== JSON.stringify(once),
          "its dropout is the same in every step: read `step` in call(inputs, mode), as dropout() does",
        );
      }
      const quiet = (step: number) => outputsOf(model, () => modeOf({ dropout: false }, step));
      assertSame(quiet(2), quiet(1), `it differs without dropout: ${STATELESS}`);
    }));

  it("changes variables only where it trains and updates statistics, and never a trained weight", () =>
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

  it("is restored from its topology and its weights by name", async () => {
    const model = build(shape, 23);
    // Other weights than the initial ones, which the topology contains.
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
        }: getConfig() of your own layers must return everything that their constructors take`,
      );
    }
    model.dispose();
    restored.dispose();
  });

  it("keeps no tensor but its weights", () => {
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
      // It may keep what it makes at the first use, such as constants.
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
      `tensors that are left after model.dispose(): ${KEPT}`,
    );
  });

  for (const { input, target } of refused) {
    const described = `${input.width}x${input.height} of ${input.channels} to ` +
      `${target.width}x${target.height} of ${target.channels}`;
    it(`rejects other shapes, and says what to do (${described})`, () => {
      const start = tf.memory().numTensors;
      const error = assertThrows(() => build({ input, target }, 23), PairlabError);
      assertSaysWhatToDo(error.message);
      assertEquals(tf.memory().numTensors, start, "it leaves tensors behind");
    });
  }
}
