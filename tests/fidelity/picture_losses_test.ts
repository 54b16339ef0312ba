import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import type { Loss } from "../../core/plugin.ts";
import { charbonnier } from "../../plugins/losses/charbonnier.ts";
import { edges } from "../../plugins/losses/edges.ts";
import { featureMatching } from "../../plugins/losses/feature_matching.ts";
import { frequency } from "../../plugins/losses/frequency.ts";
import { l2 } from "../../plugins/losses/l2.ts";
import { multiScaleSsim } from "../../plugins/losses/multi_scale_ssim.ts";
import { perceptual } from "../../plugins/losses/perceptual.ts";
import { ssim } from "../../plugins/losses/ssim.ts";
import { totalVariation } from "../../plugins/losses/total_variation.ts";
import { viewsOf } from "../plugins/losses/views.ts";
import { describeOnEngines } from "./engines.ts";
import { assertDigest, assertNumbers, type Digest, numbers } from "./numbers.ts";
import { it } from "./reading.ts";
import expected from "./fixtures/losses.json" with { type: "json" };

type Shape = [number, number, number, number];

/** Target and fake as `make_losses.py` makes them: alike by half, plain in a corner. */
function pairOf(shape: Shape): { target: Tensor4D; fake: Tensor4D } {
  const [, , width, channels] = shape;
  const size = shape.reduce((a, b) => a * b);
  const target = numbers("target", size, -1, 1), noise = numbers("noise", size, -1, 1);
  const fake = target.map((value, index) => 0.5 * value + 0.5 * noise[index]!);
  for (let row = 0; row < 3; row++) {
    const begin = row * width * channels;
    target.fill(0.25, begin, begin + 3 * channels);
    fake.fill(0.25, begin, begin + 3 * channels);
  }
  return { target: tf.tensor4d(target, shape), fake: tf.tensor4d(fake, shape) };
}

function assertLoss(
  loss: Loss,
  { shape, value, gradient }: { shape: number[]; value: number; gradient: unknown },
  tolerance = 1e-5,
): void {
  tf.tidy(() => {
    const { target, fake } = pairOf(shape as Shape);
    const term = (fake: Tensor4D) => loss.generator!(viewsOf({ target, fake }));
    assertNumbers("value", term(fake), [value], tolerance);
    const found = tf.grad((fake) => term(fake as Tensor4D))(fake);
    assertDigest("gradient", found, gradient as Digest, tolerance);
  });
}

/** Two convolutions, as in `make_losses.py`. */
function smallNetwork(): tf.LayersModel {
  const network = tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: "early",
        inputShape: [null, null, 3] as unknown as number[],
        filters: 6,
        kernelSize: 3,
        activation: "relu",
        useBias: false,
      }),
      tf.layers.conv2d({
        name: "late",
        filters: 5,
        kernelSize: 3,
        strides: 2,
        activation: "relu",
        useBias: false,
      }),
      tf.layers.conv2d({ name: "unused", filters: 1, kernelSize: 1 }),
    ],
  });
  for (const name of ["early", "late"]) {
    tf.tidy(() => {
      const layer = network.getLayer(name);
      const { shape, size } = layer.getWeights()[0]!;
      layer.setWeights([tf.tensor(numbers(`${name}/kernel`, size, -0.4, 0.4), shape)]);
    });
  }
  return network;
}

function assertPerceptual(distance: "l1" | "l2"): void {
  const network = smallNetwork();
  const loss = perceptual({
    network,
    layers: { early: 0.25, late: 2 },
    distance,
    preprocess: (x) => tf.mul(tf.add(tf.reverse(x, 3), 1), 127.5),
  });
  assertLoss(loss, distance === "l1" ? expected.perceptualL1 : expected.perceptualL2);
  network.dispose();
}

describeOnEngines("losses on pictures, values and gradients", () => {
  it("L2 is PyTorch's", () => assertLoss(l2(), expected.l2));

  it("Charbonnier's is PyTorch's, where pictures are equal too", () =>
    assertLoss(charbonnier(), expected.charbonnier));

  it("SSIM is scikit-image's, differentiated by PyTorch", () => assertLoss(ssim(), expected.ssim));

  it("MS-SSIM is TensorFlow's at all five scales, differentiated by PyTorch", () =>
    assertLoss(multiScaleSsim(), expected.multiScaleSsim, 5e-5));

  it("total variation is TensorFlow's, where neighbours are equal too", () =>
    assertLoss(totalVariation(), expected.totalVariation));

  it("Sobel's slopes are SciPy's, differentiated by PyTorch", () =>
    assertLoss(edges(), expected.edges));

  it("the focal frequency loss is that of PyTorch's fast Fourier transform", () => {
    assertLoss(frequency(), expected.frequency);
    assertLoss(frequency({ alpha: 2.5 }), expected.sharpFrequency);
  });

  it("features of a network are compared as in PyTorch", () => {
    assertPerceptual("l1");
    assertPerceptual("l2");
  });

  it("features of D are matched as in pix2pixHD", () => {
    const { shapes, value, gradients } = expected.featureMatching;
    const features = (kind: string): Tensor4D[] =>
      shapes.map((shape, index) => {
        const size = shape.reduce((a, b) => a * b);
        return tf.tensor4d(numbers(`${kind} feature ${index}`, size, -1, 1), shape as Shape);
      });
    tf.tidy(() => {
      const realFeatures = features("real");
      // How many scales there are is told by the logits.
      const fakeLogits = [tf.zeros<tf.Rank.R4>([2, 1, 1, 1]), tf.zeros<tf.Rank.R4>([2, 1, 1, 1])];
      const term = (...fakeFeatures: Tensor4D[]) =>
        featureMatching().generator!(viewsOf({ realFeatures, fakeFeatures, fakeLogits }));
      const fake = features("fake");
      assertNumbers("value", term(...fake), [value]);
      const found = tf.grads((...fake) => term(...fake as Tensor4D[]))(fake);
      found.forEach((gradient, index) =>
        assertNumbers(`gradient ${index}`, gradient, gradients[index]!)
      );
    });
  });
});
