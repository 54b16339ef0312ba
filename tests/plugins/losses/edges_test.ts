import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { edges } from "../../../plugins/losses/edges.ts";
import { picture, termsOf } from "./terms.ts";

/** A picture of 4x5 by a formula. */
const drawn = (value: (row: number, column: number) => number) =>
  picture([0, 1, 2, 3].map((row) => [0, 1, 2, 3, 4].map((column) => value(row, column))));

// Value and gradient are held against SciPy's and PyTorch's in tests/fidelity.
describe("edges", () => {
  before(() => tf.setBackend("cpu"));

  it("is the difference between slopes, the mean of across and down", () => {
    const target = drawn((row, column) => 0.125 * row + 0.25 * column);
    const fake = drawn((row) => 0.5 * row);
    const found = termsOf(edges({ weight: 2 }), { target, fake }).generator;
    assertAlmostEquals(found, 2 * (0.25 + 0.375) / 2, 1e-6);
  });

  it("does not mind a difference of brightness", () => {
    const target = drawn((row, column) => Math.sin(3 * row + column));
    const views = { target, fake: tf.sub<tf.Tensor4D>(target, 0.5) };
    assertAlmostEquals(termsOf(edges(), views).generator, 0, 1e-6);
  });

  it("refuses pictures that have no inside", () => {
    const small = picture([[0, 1], [1, 0]]);
    const views = { target: small, fake: small };
    assertThrows(() => termsOf(edges(), views), PairlabError, "pictures of 2x2. Use at least 3x3");
  });
});
