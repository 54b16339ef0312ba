import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor4D } from "@tensorflow/tfjs";
import { gan } from "../../plugins/losses/gan.ts";
import { l1 } from "../../plugins/losses/l1.ts";
import { viewsOf } from "../plugins/losses/views.ts";
import { describeOnEngines } from "./engines.ts";
import { assertNumbers } from "./numbers.ts";
import { it } from "./reading.ts";
import pytorch from "./fixtures/pytorch.json" with { type: "json" };

const { real, fake, target, made, discriminator, generator, l1: absolute } = pytorch.losses;

function column(values: readonly number[]): Tensor4D {
  return tf.tensor4d([...values], [1, values.length, 1, 1]);
}

/** The value of a term and its gradients by the tensors that it is a function of. */
function assertTerm(
  term: (...of: Tensor4D[]) => Scalar,
  inputs: readonly (readonly number[])[],
  expected: { value: number; gradients: readonly (readonly number[])[] },
): void {
  tf.tidy(() => {
    const tensors = inputs.map(column);
    assertNumbers("value", term(...tensors), [expected.value], 1e-6);
    const found = tf.grads((...of) => term(...of as Tensor4D[]))(tensors);
    found.forEach((gradient, index) =>
      assertNumbers(`gradient ${index}`, gradient, expected.gradients[index]!, 1e-6)
    );
  });
}

describeOnEngines("losses", () => {
  it("of D are PyTorch's, halved as in the paper, for logits of any size", () => {
    assertTerm(
      (real, fake) => gan().discriminator!(viewsOf({ realLogits: [real!], fakeLogits: [fake!] })),
      [real, fake],
      { value: discriminator.value, gradients: [discriminator.real, discriminator.fake] },
    );
  });

  it("of G against D are PyTorch's, for logits of any size", () => {
    assertTerm(
      (fake) => gan().generator!(viewsOf({ fakeLogits: [fake!] })),
      [fake],
      { value: generator.value, gradients: [generator.fake] },
    );
  });

  it("of G against the target are PyTorch's, where the two are equal too", () => {
    assertTerm(
      (fake) => l1().generator!(viewsOf({ target: column(target), fake: fake! })),
      [made],
      { value: absolute.value, gradients: [absolute.made] },
    );
  });
});
