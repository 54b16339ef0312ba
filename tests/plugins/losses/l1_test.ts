import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import type { Views } from "../../../core/plugin.ts";
import { l1, type L1Options } from "../../../plugins/losses/l1.ts";
import { viewsOf } from "./views.ts";

function views(target: number[], fake: number[]): Views {
  const column = (values: number[]): Tensor4D => tf.tensor4d(values, [values.length, 1, 1, 1]);
  return viewsOf({ target: column(target), fake: column(fake) });
}

function term(options: L1Options, target: number[], fake: number[]): number {
  return tf.tidy(() => l1(options).generator!(views(target, fake)).dataSync()[0]!);
}

// Values and gradients are held against PyTorch's in tests/fidelity.
describe("l1", () => {
  before(() => tf.setBackend("cpu"));

  it("is the weighted mean of the absolute differences, without a look at D", () => {
    assertAlmostEquals(term({ weight: 3 }, [1, -1, 0.5], [0, 1, 0.5]), 3 * (1 + 2 + 0) / 3);
    assertAlmostEquals(term({}, [1], [0.5]), 50);
  });

  it("has no term for D", () => {
    assertEquals(Object.keys(l1()), ["generator"]);
  });
});
