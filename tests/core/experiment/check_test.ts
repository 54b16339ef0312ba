import * as tf from "@tensorflow/tfjs";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkExperiment } from "../../../core/experiment/check.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import type { Generator, TaskShape, Wiring } from "../../../core/plugin.ts";
import { patchGan } from "../../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../../plugins/generators/unet.ts";
import { gan } from "../../../plugins/losses/gan.ts";
import { l1 } from "../../../plugins/losses/l1.ts";
import { evaluateEvery } from "../../../plugins/callbacks/evaluate_every.ts";
import { every } from "../../../plugins/callbacks/every.ts";
import { psnr } from "../../../plugins/metrics/psnr.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { plateau } from "../../../plugins/schedules/plateau.ts";
import { warmUp } from "../../../plugins/schedules/warm_up.ts";
import { tinyShape, tinyWiring } from "../train/tiny.ts";

const square = (size: number): TaskShape => {
  const image = { height: size, width: size, channels: 3 };
  return { input: image, target: image };
};

function refuses(
  what: string,
  changes: Partial<Wiring>,
  words: string,
  shape: TaskShape = tinyShape,
): void {
  it(`refuses ${what}`, () => {
    assertThrows(() => checkExperiment(tinyWiring(changes), shape), PairlabError, words);
  });
}

/** A generator of one convolution, for shapes that do not fit. */
const oneConvolution = (channels: number, strides: number): Generator => ({ input }) => {
  const x = tf.input({ shape: [input.height, input.width, input.channels] });
  const layer = tf.layers.conv2d({ filters: channels, kernelSize: 3, padding: "same", strides });
  return tf.model({ inputs: x, outputs: layer.apply(x) as tf.SymbolicTensor });
};

describe("the check of an experiment", () => {
  it("counts the paper's networks at full size without building a weight", () => {
    const before = Deno.memoryUsage().rss;
    const findings = checkExperiment(
      tinyWiring({ generator: unet(), discriminator: patchGan() }),
      square(256),
    );
    assertEquals(Math.round(findings.generatorParameters / 1e5), 544);
    assertEquals(findings.receptiveField, 70);
    // The weights alone would be 228 MB.
    assertEquals(Deno.memoryUsage().rss - before < 150e6, true);
    assertEquals(tf.memory().numTensors, 0);
  });

  for (const part of ["data", "generator", "losses", "optimizer"] as const) {
    it(`refuses an experiment without ${part}, of which no compiler told`, () => {
      const { [part]: _, ...others } = tinyWiring();
      const words = `the experiment has no ${part}. Add for example ${part}: `;
      assertThrows(() => checkExperiment(others as Wiring, tinyShape), PairlabError, words);
    });
  }

  refuses("a 250x250 crop for eight halvings", { generator: unet() }, "256x256", square(250));
  refuses(
    "a generator of other channels",
    { generator: oneConvolution(1, 1) },
    "the generator's output has the shape [any, 32, 32, 1], expected [any, 32, 32, 3].",
  );
  refuses(
    "a generator that halves the picture",
    { generator: oneConvolution(3, 2) },
    "[any, 16, 16, 3]",
  );
  refuses(
    "a receptive field too large for the picture",
    { discriminator: patchGan({ receptiveField: 286 }) },
    "receptive field of 286",
  );
  refuses(
    "a generator that throws, with its words",
    {
      generator: () => {
        throw new Error("concat of 3x3 and 4x4");
      },
    },
    "Cannot build the generator: concat of 3x3 and 4x4",
  );
  refuses("losses that leave G untrained", { losses: {} }, "Cannot train the generator");
  refuses(
    "a discriminator that no loss trains",
    { losses: { l1: l1() } },
    "Leave the discriminator out",
  );
  refuses(
    "a rate that goes by a loss that is not there",
    {
      optimizer: {
        generator: adam(),
        discriminator: adam({
          rate: plateau({ metric: { name: "discriminator.gam", better: "lower" } }),
        }),
      },
    },
    '"discriminator.gam": no loss has this name, and no callback records it. Did you mean "discriminator.gan"?',
  );
  refuses(
    "a rate that goes by a metric that nobody records, behind a warm-up too",
    { optimizer: adam({ rate: warmUp(plateau({ metric: psnr() })) }) },
    "evaluateEvery(1, { metrics: [psnr()] })",
  );
  it("takes a rate that goes by a metric that a callback records", () => {
    const optimizer = adam({ rate: plateau({ metric: psnr() }) });
    const callbacks = [every(2, evaluateEvery(1, { metrics: [psnr()] }))];
    checkExperiment(tinyWiring({ optimizer, callbacks }), tinyShape);
  });
  refuses("a pool of half a fake", { replay: { size: 0.5 } }, "size: 0.5. Use a whole number");
  refuses(
    "fakes that are replayed more often than always",
    { replay: { size: 50, probability: 2 } },
    "probability: 2. Use a number from 0 to 1",
  );
  for (const decay of [0, 1, NaN]) {
    refuses(`an average that keeps ${decay}`, { average: { decay } }, "e.g. 0.999.");
  }
  refuses("half a step of D", { discriminatorSteps: 0.5 }, "discriminatorSteps: 0.5. Use a whole");
  refuses("no step of G", { generatorSteps: 0 }, "generatorSteps: 0. Use a whole number from 1 on");
  refuses(
    "two networks that both learn in fewer steps",
    { discriminatorSteps: 5, generatorSteps: 2 },
    "Leave one of them out.",
  );
  refuses(
    "a misspelt hook of a callback",
    { callbacks: [{ name: "mine", onEpochend: () => {} } as never] },
    'Did you mean "onEpochEnd"?',
  );

  it("refuses steps of a discriminator that is not there", () => {
    const { discriminator: _, ...others } = tinyWiring({
      losses: { l1: l1() },
      discriminatorSteps: 5,
    });
    assertThrows(
      () => checkExperiment(others, tinyShape),
      PairlabError,
      "Leave discriminatorSteps and generatorSteps out.",
    );
  });

  it("refuses a pool of fakes where nobody looks at them", () => {
    const changes = { losses: { l1: l1() }, replay: { size: 50 } };
    const { discriminator: _, ...others } = tinyWiring(changes);
    assertThrows(() => checkExperiment(others, tinyShape), PairlabError, "Leave replay out.");
  });

  it("refuses an adversarial loss without a discriminator", () => {
    const { discriminator: _, ...others } = tinyWiring({ losses: { gan: gan() } });
    assertThrows(
      () => checkExperiment(others, tinyShape),
      PairlabError,
      "it needs a discriminator",
    );
  });
});
