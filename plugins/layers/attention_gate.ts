import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import { convolution } from "./convolution.ts";
import { doubling } from "./doubling.ts";
import { type InitialWeights, normal } from "./initializers.ts";

/** Options of {@link attentionGate}. */
export interface AttentionGateOptions {
  /** Prefix of the layers' names, unique within the network. */
  readonly name: string;
  /** The network's seed. */
  readonly seed: number;
  /** Channels in which features and gating signal are compared. @default as many as the features */
  readonly filters?: number;
  /** Initial weights. @default normal(), the paper's N(0, 0.02²) */
  readonly initializer?: InitialWeights;
}

/**
 * An additive attention gate (Oktay et al. 2018, equations 1 and 2, figure 2): multiplies each
 * position of the features by a coefficient in 0…1 that a gating signal of half the size decides:
 * sigmoid(psi(relu(theta(features) + phi(gate)))), enlarged bilinearly.
 *
 * @param features `[batch, height, width, channels]`.
 * @param gate The gating signal, `[batch, height / 2, width / 2, …]`.
 * @returns The shape of the features.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { attentionGate } from "./attention_gate.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const features = tf.input({ shape: [16, 16, 8] }), gate = tf.input({ shape: [8, 8, 32] });
 * const gated = attentionGate(features, gate, { name: "gate1", seed: 23 });
 * assertEquals(gated.shape, [null, 16, 16, 8]);
 * ```
 */
export function attentionGate(
  features: SymbolicTensor,
  gate: SymbolicTensor,
  { name, seed, initializer = normal(), ...options }: AttentionGateOptions,
): SymbolicTensor {
  const { filters = features.shape.at(-1)! } = options;
  const common = { seed, initializer, stride: 1, kernel: 1, bias: true };
  const theta = convolution(features, {
    ...common,
    name: `${name}_theta`,
    filters,
    kernel: 2,
    stride: 2,
    bias: false,
  });
  const phi = convolution(gate, { ...common, name: `${name}_phi`, filters });
  const sum = tf.layers.add({ name: `${name}_sum` }).apply([theta, phi]);
  const compared = tf.layers.reLU({ name: `${name}_relu` }).apply(sum) as SymbolicTensor;
  const psi = convolution(compared, { ...common, name: `${name}_psi`, filters: 1 });
  const sigmoid = tf.layers.activation({ activation: "sigmoid", name: `${name}_sigmoid` });
  const coefficients = doubling(sigmoid.apply(psi) as SymbolicTensor, {
    name: `${name}_doubling`,
    interpolation: "bilinear",
  });
  const product = tf.layers.multiply({ name: `${name}_product` });
  return product.apply([features, coefficients]) as SymbolicTensor;
}
