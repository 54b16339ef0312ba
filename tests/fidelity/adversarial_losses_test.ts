import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { discriminate, namedVariables, trainableVariables } from "../../core/model/networks.ts";
import type { Loss, Mode } from "../../core/plugin.ts";
import { batchNorm } from "../../plugins/layers/batch_norm.ts";
import { gan } from "../../plugins/losses/gan.ts";
import { hinge } from "../../plugins/losses/hinge.ts";
import { leastSquares } from "../../plugins/losses/least_squares.ts";
import { wasserstein } from "../../plugins/losses/wasserstein.ts";
import { viewsOf } from "../plugins/losses/views.ts";
import { describeOnEngines } from "./engines.ts";
import { assertDigest, assertNumbers, type Digest, numbers } from "./numbers.ts";
import { it } from "./reading.ts";
import expected from "./fixtures/losses.json" with { type: "json" };

/** Logits of two scales. */
function scales(name: string): Tensor4D[] {
  return [[2, 3, 4, 1], [2, 1, 2, 1]].map((shape, index) => {
    const size = shape.reduce((a, b) => a * b);
    return tf.tensor4d(
      numbers(`${name} ${index}`, size, -4, 4),
      shape as [number, number, number, number],
    );
  });
}

interface Term {
  readonly value: number;
  /** By real and fake, each of both scales; 0 where the term does not depend on them. */
  readonly gradients: readonly (number | readonly number[])[];
}

function assertTerms(loss: Loss, terms: Record<"generator" | "discriminator", Term>): void {
  for (const network of ["generator", "discriminator"] as const) {
    tf.tidy(() => {
      const { value, gradients } = terms[network];
      const logits = [...scales("real"), ...scales("fake")];
      const depends = gradients.map((gradient) => gradient !== 0);
      const term = (...of: Tensor4D[]) => {
        const all = logits.map((given, index) => depends[index] ? of.shift()! : given);
        const views = { realLogits: all.slice(0, 2), fakeLogits: all.slice(2) };
        return loss[network]!(viewsOf(views));
      };
      const of = logits.filter((_, index) => depends[index]);
      assertNumbers(`${network}'s value`, term(...of), [value], 2e-6);
      const found = tf.grads((...of) => term(...of as Tensor4D[]))(of);
      gradients.filter((gradient) => gradient !== 0).forEach((gradient, index) =>
        assertNumbers(`gradient ${index}`, found[index]!, gradient as number[], 2e-6)
      );
    });
  }
}

/** Three convolutions, as in `make_losses.py`. */
function critic(norm: boolean): LayersModel {
  const input = tf.input({ shape: [12, 10, 3] }), picture = tf.input({ shape: [12, 10, 3] });
  const conv = (
    x: SymbolicTensor,
    name: string,
    [filters, kernelSize, strides]: [number, number, number],
  ): SymbolicTensor => {
    const padded = tf.layers.zeroPadding2d({ padding: 1 }).apply(x);
    // A bias before batch normalisation would change nothing.
    const useBias = !(norm && name === "second");
    return tf.layers.conv2d({ name, filters, kernelSize, strides, useBias })
      .apply(padded) as SymbolicTensor;
  };
  const leaky = (x: SymbolicTensor): SymbolicTensor =>
    tf.layers.leakyReLU({ alpha: 0.2 }).apply(x) as SymbolicTensor;
  const both = tf.layers.concatenate().apply([input, picture]) as SymbolicTensor;
  let x = conv(leaky(conv(both, "first", [5, 4, 2])), "second", [4, 3, 1]);
  if (norm) x = batchNorm()(x, { name: "second", seed: 1 });
  const model = tf.model({
    inputs: [input, picture],
    outputs: conv(leaky(x), "logits", [1, 4, 1]),
  });
  for (const [name, variable] of namedVariables(model)) {
    const [low, high] = name.endsWith("gamma") ? [0.8, 1.2] : [-0.4, 0.4];
    if (name.includes("moving")) continue;
    tf.tidy(() =>
      variable.assign(tf.tensor(numbers(name, variable.size, low!, high!), variable.shape))
    );
  }
  return model;
}

function assertPenalty(
  norm: boolean,
  { step, value, gradients }: { step: number; value: number; gradients: Record<string, unknown> },
): void {
  const network = critic(norm);
  tf.tidy(() => {
    const [input, target, fake] = ["input", "target", "fake"].map((name) =>
      tf.tensor4d(numbers(name, 3 * 12 * 10 * 3, -1, 1), [3, 12, 10, 3])
    ) as [Tensor4D, Tensor4D, Tensor4D];
    const mode: Mode = {
      training: true,
      dropout: true,
      updateStatistics: false,
      step: tf.scalar(step, "int32"),
    };
    const judge = (picture: Tensor4D) => discriminate(network, input, picture, mode);
    const term = () =>
      wasserstein().discriminator!(viewsOf({
        target,
        fake,
        realLogits: judge(target).logits,
        fakeLogits: judge(fake).logits,
        discriminate: judge,
        step: mode.step,
      }));
    assertNumbers("value", term(), [value]);
    const { grads } = tf.variableGrads(term, trainableVariables(network));
    for (const [name, variable] of namedVariables(network)) {
      if (name.includes("moving")) continue;
      const found: Tensor = grads[variable.name]!;
      assertDigest(name, found, gradients[name] as Digest, 1e-4);
    }
  });
  network.dispose();
}

describeOnEngines("adversarial losses beside the paper's", () => {
  it("smooth the label of real pictures as PyTorch's cross-entropy does", () =>
    assertTerms(gan({ realLabel: 0.9 }), expected.adversarial.smoothGan));

  it("by least squares are PyTorch's", () =>
    assertTerms(leastSquares({ realLabel: 0.9 }), expected.adversarial.leastSquares));

  it("by hinges are PyTorch's", () => assertTerms(hinge(), expected.adversarial.hinge));

  it("of Wasserstein without a penalty are PyTorch's", () =>
    assertTerms(wasserstein({ penalty: 0 }), expected.adversarial.wasserstein));

  it("penalise D's slope as PyTorch does, differentiated twice", () =>
    assertPenalty(false, expected.gradientPenalty));

  it("penalise it through batch normalisation too", () =>
    assertPenalty(true, expected.gradientPenaltyWithBatchNorm));
});
