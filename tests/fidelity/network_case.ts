/** Holds a network against PyTorch's outputs and gradients from equal weights. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { namedVariables } from "../../core/model/networks.ts";
import { assertDigest, assertWithin, type Digest, initial, numbers } from "./numbers.ts";
import { checkValues } from "./reading.ts";

/** What PyTorch made of a network; see `outcome` in `fixtures/make_networks.py`. */
export interface NetworkCase {
  readonly name: string;
  /** Of one picture. */
  readonly shape: readonly number[];
  readonly outputs: readonly Digest[];
  readonly dx: Digest;
  /** By the weights' names. */
  readonly gradients: Readonly<Record<string, Digest>>;
}

function tensorOf(name: string, shape: readonly number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(numbers(name, size, -1, 1), [...shape]);
}

function apply(model: LayersModel, x: Tensor): Tensor[] {
  // D is given both pictures, PyTorch's one of as many channels.
  const given = model.inputs.length === 2 ? tf.split(x, 2, 3) : x;
  const outputs = model.apply(given, { training: true, updateStatistics: false });
  return (Array.isArray(outputs) ? outputs : [outputs]) as Tensor[];
}

/** Sets the formula's weights, and compares outputs and all gradients; disposes of the network. */
export function assertNetwork(model: LayersModel, expected: NetworkCase): void {
  const { name, shape, outputs, dx, gradients } = expected;
  const variables = namedVariables(model);
  for (const [weight, variable] of variables) {
    tf.tidy(() => variable.assign(tf.tensor(initial(weight, variable.size), variable.shape)));
  }
  tf.tidy(() => {
    const x = tensorOf(`${name} x`, [2, ...shape]);
    const found = apply(model, x);
    assertEquals(found.map(({ shape }) => shape), outputs.map(({ shape }) => [...shape]));
    outputs.forEach((expected, index) =>
      assertDigest(`${name} y ${index}`, found[index]!, expected, 1e-4)
    );
    const product = (x: Tensor): tf.Scalar =>
      tf.addN(
        apply(model, x).map((y, index) =>
          tf.sum(tf.mul(y, tensorOf(`${name} dy ${index}`, y.shape)))
        ),
      );
    assertDigest(`${name} dx`, tf.grad(product)(x), dx, 1e-3);
    const trained = Object.keys(gradients).map((weight) => variables.get(weight)!);
    assertEquals(trained.length, model.trainableWeights.length);
    const { grads } = tf.variableGrads(() => product(x), trained);
    const largest = Math.max(...Object.values(gradients).map(({ norm }) => norm));
    Object.entries(gradients).forEach(([weight, expected], index) => {
      const found = grads[trained[index]!.name]!;
      if (expected.norm > 1e-12 * largest) {
        assertDigest(weight, found, expected, 1e-3);
      } else {
        // An offset that a later norm takes away: 0 but for rounding, in float64 as here.
        checkValues(tf.norm(found), ([norm]) => assertWithin(weight, norm!, 0, 1e-6 * largest));
      }
    });
  });
  model.dispose();
}
