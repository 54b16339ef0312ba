/** Holds a layer against another framework's values and gradients. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { assertNumbers, numbers } from "../../fidelity/numbers.ts";

/** What the other framework found of x and dy, which are numbers of the case's name. */
export interface LayerCase {
  readonly name: string;
  readonly shape: readonly number[];
  readonly outputShape: readonly number[];
  readonly y: readonly number[];
  readonly dx: readonly number[];
}

/** A network of one part, for the shape of a case. */
export function networkOf(
  shape: readonly number[],
  part: (x: SymbolicTensor) => SymbolicTensor,
): LayersModel {
  const input = tf.input({ shape: shape.slice(1) });
  return tf.model({ inputs: input, outputs: part(input) });
}

/** The formula's numbers in a shape. */
export function tensorOf(name: string, shape: readonly number[], low = -1, high = 1): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(numbers(name, size, low, high), [...shape]);
}

/** Compares values and the gradient by x. @returns The gradients by the weights. */
export function assertLayer(
  model: LayersModel,
  expected: LayerCase,
  tolerance: number = 1e-5,
): number[][] {
  return tf.tidy(() => {
    const x = tensorOf(`${expected.name} x`, expected.shape);
    const dy = tensorOf(`${expected.name} dy`, expected.outputShape);
    const y = model.apply(x, { training: true }) as Tensor;
    assertEquals(y.shape, [...expected.outputShape]);
    assertEquals(model.outputs[0]!.shape.slice(1), expected.outputShape.slice(1));
    assertNumbers("y", y.dataSync(), expected.y, tolerance);
    const weighted = (x: Tensor): tf.Scalar => tf.sum(tf.mul(model.apply(x, {}) as Tensor, dy));
    assertNumbers("dx", tf.grad(weighted)(x).dataSync(), expected.dx, tolerance);
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    if (variables.length === 0) return [];
    const { grads } = tf.variableGrads(() => weighted(x), variables);
    return variables.map(({ name }) => [...grads[name]!.dataSync()]);
  });
}
