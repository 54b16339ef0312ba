import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { canCompile, compile } from "../../core/backends/compile.ts";
import { trainableVariables } from "../../core/model/networks.ts";
import type { Discriminator, Loss } from "../../core/plugin.ts";
import { createStep } from "../../core/train/step.ts";
import { multiScale, patchGan, unet } from "../../mod.ts";
import { clipNorm, featureMatching, rmsProp, wasserstein } from "../../mod.ts";
import { edges, frequency, multiScaleSsim, ssim, totalVariation } from "../../mod.ts";
import { none } from "../../plugins/layers/norm.ts";
import { describeOnEngines } from "../fidelity/engines.ts";
import { numbers } from "../fidelity/numbers.ts";

const image = { height: 32, width: 24, channels: 3 };
const shape = { input: image, target: image };

const LOSSES: Readonly<Record<string, Loss>> = {
  wasserstein: wasserstein(),
  features: featureMatching(),
  edges: edges(),
  frequency: frequency(),
  ssim: ssim(),
  scales: multiScaleSsim({ exponents: [0.4, 0.6] }),
  smooth: totalVariation(),
};

function picture(name: string): Tensor4D {
  const { height, width, channels } = image;
  const values = numbers(name, 2 * height * width * channels, -1, 1);
  return tf.tensor4d(values, [2, height, width, channels]);
}

/** Three steps; what each reports. */
async function train(
  makeDiscriminator: Discriminator,
  mode: "on" | "off",
): Promise<Record<string, number>[]> {
  const generator = unet({ filters: [2, 4, 4], dropout: 1 })(shape, 1);
  const discriminator = makeDiscriminator(shape, 2);
  const optimizer = clipNorm(rmsProp({ rate: 1e-3 }), { norm: 10 });
  const updates = {
    generator: optimizer.start(trainableVariables(generator)),
    discriminator: optimizer.start(trainableVariables(discriminator)),
  };
  const networks = { generator, discriminator };
  const step = compile(
    createStep({ networks, losses: LOSSES, updates, order: "alternate" }),
    { name: "a step", mode },
  );
  const batch = { input: picture("input"), target: picture("target") };
  const rates = { generator: tf.scalar(1e-3), discriminator: tf.scalar(1e-3) };
  const reports: Record<string, number>[] = [];
  let tensors = 0;
  for (const index of [1, 2, 3]) {
    const stepTensor = tf.scalar(index, "int32");
    const { losses: report } = await step(batch, stepTensor, rates);
    const values = Object.entries(report).map(([name, value]) => [name, value.dataSync()[0]!]);
    reports.push(Object.fromEntries(values));
    tf.dispose([stepTensor, ...Object.values(report)]);
    if (index > 1) assertEquals(tf.memory().numTensors, tensors, `tensors after step ${index}`);
    tensors = tf.memory().numTensors;
  }
  const states = [updates.generator, updates.discriminator].flatMap(({ state }) =>
    Object.values(state)
  );
  tf.dispose([...Object.values(batch), ...Object.values(rates), ...states]);
  generator.dispose();
  discriminator.dispose();
  return reports;
}

const NAMES = [
  "discriminator",
  "discriminator.wasserstein",
  "generator",
  ...Object.keys(LOSSES).map((name) => `generator.${name}`),
];

async function assertTrains(discriminator: Discriminator): Promise<void> {
  const reports = await train(discriminator, "off");
  for (const report of reports) {
    assertEquals(Object.keys(report).sort(), [...NAMES].sort());
    assert(Object.values(report).every(Number.isFinite), JSON.stringify(report));
  }
  // The penalty falls from where D hardly has a slope.
  const [first, , third] = reports.map((report) => report["discriminator.wasserstein"]!);
  assert(third! < first!, `discriminator.wasserstein: ${first}, then ${third}`);
  if (!canCompile()) return;
  const compiled = await train(discriminator, "on");
  for (const [index, report] of reports.entries()) {
    for (const [name, value] of Object.entries(report)) {
      const difference = Math.abs(compiled[index]![name]! - value);
      assert(difference <= 1e-3 * Math.max(Math.abs(value), 1), `step ${index + 1}, ${name}`);
    }
  }
}

describeOnEngines("a step with all kinds of losses", () => {
  const judge = { receptiveField: 16, filters: 2, features: true };

  it("trains, compiled too where it can be, with batch normalisation", () =>
    assertTrains(patchGan(judge)));

  it("trains, compiled too where it can be, with spectral normalisation", () =>
    assertTrains(patchGan({ ...judge, norm: none(), spectral: true })));

  it("trains, compiled too where it can be, at two scales", () =>
    assertTrains(multiScale({ discriminator: patchGan({ ...judge, norm: none() }), scales: 2 })));
});
