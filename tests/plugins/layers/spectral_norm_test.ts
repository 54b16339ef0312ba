import * as tf from "@tensorflow/tfjs";
import type { Tensor2D } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { SpectralNorm } from "../../../plugins/layers/spectral_norm.ts";
import { assertWithin } from "../../fidelity/numbers.ts";
import { tensorOf } from "./layer_case.ts";

function normOf(matrix: Tensor2D): SpectralNorm {
  const [rows, columns] = matrix.shape;
  return new SpectralNorm({
    addWeight: (_, shape, initial) => {
      let value = initial.apply(shape);
      return { read: () => value, write: (next) => value = tf.keep(next) };
    },
    matrix: () => matrix,
    rows,
    columns,
    seed: 23,
  });
}

const TRAINING = { training: true };

// Convolutions are held against PyTorch's in spectral_convolution_test.
describe("SpectralNorm", () => {
  before(() => tf.setBackend("cpu"));

  it("is the largest singular value, from the first call", () => {
    const matrix = tf.tensor2d([[3, 0], [0, -4], [0, 0]]);
    assertWithin("norm", normOf(matrix).of(matrix, TRAINING).dataSync()[0]!, 4, 1e-3);
  });

  it("follows a matrix that changes, one iteration a call", () => {
    const norm = normOf(tensorOf("first", [12, 5]) as Tensor2D);
    const matrix = tensorOf("second", [12, 5]) as Tensor2D;
    const found = Array.from(
      { length: 60 },
      () => norm.of(matrix, TRAINING).dataSync()[0]!,
    );
    // Independently: the trace of a high power of the Gram matrix.
    let power = tf.matMul(matrix, matrix, true, false);
    let logarithm = 0;
    for (let doubling = 0; doubling < 6; doubling++) {
      const size = tf.max(power).dataSync()[0]!;
      logarithm = 2 * (logarithm + Math.log(size));
      power = tf.matMul(tf.div(power, size), tf.div(power, size));
    }
    const trace = tf.sum(tf.mul(power, tf.eye(5))).dataSync()[0]!;
    const expected = Math.exp((logarithm + Math.log(trace)) / 128);
    assertWithin("norm", found.at(-1)!, expected, 2e-3 * expected);
    assertEquals(Math.abs(found[0]! - expected) > Math.abs(found[9]! - expected), true);
  });

  it("stays where it is unless the mode trains and updates", () => {
    const norm = normOf(tensorOf("first", [12, 5]) as Tensor2D);
    const matrix = tensorOf("second", [12, 5]) as Tensor2D;
    const of = (mode: object): number => norm.of(matrix, mode).dataSync()[0]!;
    const before = of({});
    assertEquals(of({ training: true, updateStatistics: false }), before);
    assertEquals(of({ training: false, updateStatistics: true }), before);
    of(TRAINING);
    assertEquals(of({}) === before, false);
  });

  it("passes no gradient through its vectors", () => {
    const matrix = tensorOf("matrix", [6, 3]) as Tensor2D;
    const norm = normOf(tensorOf("other", [6, 3]) as Tensor2D);
    const gradient = tf.grad((matrix) => norm.of(matrix as Tensor2D, TRAINING))(matrix);
    // v u^T: of rank one, and as long as 1.
    assertWithin("length", tf.norm(gradient).dataSync()[0]!, 1, 1e-5);
    const value = norm.of(matrix, {}).dataSync()[0]!;
    assertWithin("value", tf.sum(tf.mul(gradient, matrix)).dataSync()[0]!, value, 1e-5);
  });
});
