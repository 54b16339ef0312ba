import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { namedState, zerosFor } from "../../../core/ops/optimizer_state.ts";

const variablesOf = (...names: string[]) =>
  names.map((name) => tf.variable(tf.ones([2, 3]), true, name));

describe("the state of an optimizer", () => {
  before(() => tf.setBackend("cpu"));

  it("is named by variable and memory, without tfjs' numbers", () => {
    const variables = variablesOf("state_test/kernel_12", "state_test/bias_12_1");
    const memories = { mean: zerosFor(variables), square: zerosFor(variables) };
    const state = namedState(variables, memories);
    assertEquals(Object.keys(state), [
      "state_test/kernel/mean",
      "state_test/kernel/square",
      "state_test/bias/mean",
      "state_test/bias/square",
    ]);
    assertEquals(state["state_test/bias/mean"], memories.mean[1]);
  });

  it("keeps variables apart whose names differ by a number alone", () => {
    const variables = variablesOf("twin_test/kernel_1", "twin_test/kernel_2", "twin_test/kernel_3");
    const state = namedState(variables, { mean: zerosFor(variables) });
    assertEquals(Object.keys(state), [
      "twin_test/kernel/mean",
      "twin_test/kernel#2/mean",
      "twin_test/kernel#3/mean",
    ]);
  });

  it("begins with zeros that no gradient is taken of", () => {
    for (const zeros of zerosFor(variablesOf("zeros_test/kernel"))) {
      assertEquals([...zeros.dataSync()], [0, 0, 0, 0, 0, 0]);
      assert(!zeros.trainable);
    }
  });
});
