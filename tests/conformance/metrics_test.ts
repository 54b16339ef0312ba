import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  efficientnetDistance,
  fid,
  gradientSimilarity,
  kid,
  labDistributionIntersection,
  labHistogramIntersection,
  lpips,
  mae,
  multiScaleSsimIndex,
  perceptualDistance,
  psnr,
  sharpness,
  sharpnessRatio,
  ssimIndex,
} from "../../mod.ts";
import type { Metric, SetMetric } from "../../core/plugin.ts";
import { writeFormulaWeights, writeLpipsWeights } from "../plugins/metrics/formula_weights.ts";
import { buildEfficientnetLite0 } from "../../plugins/metrics/efficientnet_distance/network.ts";
import { exportedFrom } from "./exported.ts";
import { conformsAsMetric, conformsAsSetMetric, type MetricNeeds } from "./metric.ts";

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
        activation: "relu",
        kernelInitializer,
      }),
      tf.layers.conv2d({ name: "late", filters: 6, kernelSize: 3, strides: 2, kernelInitializer }),
    ],
  });
}

const weights = await Deno.makeTempDir();
const lpipsWeights = `${weights}/lpips.safetensors`, lite0Weights = `${weights}/lite0.safetensors`;
await writeLpipsWeights(lpipsWeights, "squeeze");
await writeFormulaWeights(lite0Weights, buildEfficientnetLite0);
globalThis.addEventListener("unload", () => Deno.removeSync(weights, { recursive: true }));

/** Everything exported, by its name. */
const METRICS: Readonly<Record<string, readonly [make: () => Metric, needs?: MetricNeeds]>> = {
  efficientnetDistance: [() => efficientnetDistance({ weights: lite0Weights })],
  gradientSimilarity: [() => gradientSimilarity()],
  labHistogramIntersection: [() => labHistogramIntersection({ channel: "b" })],
  lpips: [() => lpips({ network: "squeeze", weights: lpipsWeights }), {
    size: { height: 40, width: 44 },
  }],
  mae: [() => mae()],
  multiScaleSsimIndex: [() => multiScaleSsimIndex()],
  perceptualDistance: [
    () => perceptualDistance({ network: someNetwork(), layers: ["early", "late"] }),
  ],
  psnr: [() => psnr()],
  // Noise is sharper than any picture.
  sharpness: [() => sharpness(), { faithful: false }],
  sharpnessRatio: [() => sharpnessRatio()],
  ssimIndex: [() => ssimIndex()],
};

const SET_METRICS: Readonly<Record<string, () => SetMetric>> = {
  fid: () => fid({ network: someNetwork() }),
  kid: () => kid({ network: someNetwork() }),
  labDistributionIntersection: () => labDistributionIntersection({ channel: "L" }),
};

describe("the suites for metrics", () => {
  it("are run for everything exported", () => {
    const covered = [...Object.keys(METRICS), ...Object.keys(SET_METRICS)].sort();
    // No metric, but what `fid` and `kid` take.
    const exported = exportedFrom("plugins/metrics").filter((name) => name !== "inceptionFeatures");
    assertEquals(covered, exported);
  });
});

for (const [name, [make, needs]] of Object.entries(METRICS)) conformsAsMetric(name, make, needs);
for (const [name, make] of Object.entries(SET_METRICS)) conformsAsSetMetric(name, make);
