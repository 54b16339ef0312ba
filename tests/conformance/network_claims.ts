/** What every network must keep to, generators and discriminators alike. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { it } from "@std/testing/bdd";
import { namedVariables, trainableVariables } from "../../core/networks.ts";
import { type Mode, PairlabError } from "../../core/plugin.ts";
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
