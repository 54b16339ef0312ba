import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  charbonnier,
  edges,
  featureMatching,
  frequency,
  gan,
  hinge,
  l1,
  l2,
  leastSquares,
  multiScaleSsim,
  perceptual,
  ssim,
  totalVariation,
  wasserstein,
} from "../../mod.ts";
import type { Loss } from "../../core/plugin.ts";
import { exportedFrom } from "./exported.ts";
import { conformsAsLoss, type LossNeeds } from "./loss.ts";

/** Stands for a network that somebody has trained. */
function someNetwork(): LayersModel {
  const kernelInitializer = tf.initializers.randomNormal({ seed: 5, stddev: 0.3 });
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: "early",
        inputShape: [null, null, 3] as unknown as number[],
        filters: 4,
        kernelSize: 3,
        activation: "tanh",
        kernelInitializer,
      }),
      tf.layers.conv2d({ name: "late", filters: 6, kernelSize: 3, strides: 2, kernelInitializer }),
    ],
  });
}

/** Everything exported, by its name. */
const LOSSES: Readonly<Record<string, readonly [make: () => Loss, needs?: LossNeeds]>> = {
  charbonnier: [() => charbonnier()],
  edges: [() => edges()],
  featureMatching: [() => featureMatching()],
  frequency: [() => frequency()],
  gan: [() => gan()],
  hinge: [() => hinge()],
  l1: [() => l1()],
  l2: [() => l2()],
  leastSquares: [() => leastSquares()],
  multiScaleSsim: [() => multiScaleSsim({ exponents: [0.3, 0.7] }), {
    size: { height: 22, width: 30 },
  }],
  perceptual: [() => perceptual({ network: someNetwork, layers: ["early", "late"] })],
  ssim: [() => ssim()],
  totalVariation: [() => totalVariation()],
  wasserstein: [() => wasserstein()],
};

describe("the suite for losses", () => {
  it("is run for everything exported", () => {
    assertEquals(Object.keys(LOSSES).sort(), exportedFrom("plugins/losses"));
  });
});

for (const [name, [make, needs]] of Object.entries(LOSSES)) conformsAsLoss(name, make, needs);
conformsAsLoss("gan with smooth labels", () => gan({ realLabel: 0.9 }));
