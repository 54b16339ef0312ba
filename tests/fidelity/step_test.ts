import * as tf from "@tensorflow/tfjs";
import type { Tensor4D, Variable } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { namedVariables, type Networks, trainableVariables } from "../../core/model/networks.ts";
import type { Discriminator, Generator, Loss, Optimizer, UpdateOrder } from "../../core/plugin.ts";
import { createStep } from "../../core/train/step.ts";
import { patchGan } from "../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../plugins/generators/unet.ts";
import { batchNorm } from "../../plugins/layers/batch_norm.ts";
import { gan } from "../../plugins/losses/gan.ts";
import { l1 } from "../../plugins/losses/l1.ts";
import { adam } from "../../plugins/optimizers/adam.ts";
import { describeOnEngines } from "./engines.ts";
import { assertDigest, assertWithin, type Digest, initial, numbers } from "./numbers.ts";
import { it } from "./reading.ts";
import keras from "./fixtures/keras.json" with { type: "json" };
import pytorch from "./fixtures/pytorch.json" with { type: "json" };

/** What another framework found. */
interface Expected {
  readonly losses: readonly Readonly<Record<string, number>>[];
  readonly generator: Outcome;
  readonly discriminator: Outcome;
}

interface Outcome {
  readonly change: Readonly<Record<string, Digest>>;
  readonly optimizer: Readonly<Record<string, Digest>>;
}

interface Setup {
  readonly generator: Generator;
  readonly discriminator: Discriminator;
  readonly losses: Readonly<Record<string, Loss>>;
  readonly optimizer: Optimizer;
  readonly order: UpdateOrder;
}

const FILTERS = [8, 16, 32, 32, 32];

function paper(lambda: number): Setup {
  return {
    generator: unet({ filters: FILTERS, dropout: 0 }),
    discriminator: patchGan({ filters: 8 }),
    losses: { gan: gan(), l1: l1({ weight: lambda }) },
    optimizer: adam(),
    order: "alternate",
  };
}

function notebook(): Setup {
  const norm = batchNorm({ epsilon: 1e-3, momentum: 0.99, scaleDeviation: 0 });
  return {
    generator: unet({
      filters: FILTERS,
      dropout: 0,
      slope: 0.3,
      norm,
      innermostNorm: true,
      reluOnSkips: false,
    }),
    discriminator: patchGan({ receptiveField: 94, filters: 8, slope: 0.3, norm }),
    losses: { gan: gan({ discriminatorWeight: 1 }), l1: l1() },
    optimizer: adam({ epsilon: 1e-7, epsilonPlacement: "uncorrected" }),
    order: "simultaneous",
  };
}

/** Puts the formula's numbers into a network. */
function fill(variables: ReadonlyMap<string, Variable>): void {
  for (const [name, variable] of variables) {
    tf.tidy(() => variable.assign(tf.tensor(initial(name, variable.size), variable.shape)));
  }
}

function picture(name: string, batch: number): Tensor4D {
  return tf.tensor4d(numbers(name, batch * 32 * 32 * 3, -1, 1), [batch, 32, 32, 3]);
}

/** Three steps; returns the losses of each, the networks and the optimizers' states. */
async function train(setup: Setup, batch: number): Promise<{
  losses: Record<string, number>[];
  networks: Required<Omit<Networks, "averaged">>;
  states: Record<"generator" | "discriminator", Readonly<Record<string, Variable>>>;
}> {
  const image = { height: 32, width: 32, channels: 3 };
  const shape = { input: image, target: image };
  const networks = {
    generator: setup.generator(shape, 1),
    discriminator: setup.discriminator(shape, 2),
  };
  fill(namedVariables(networks.generator));
  fill(namedVariables(networks.discriminator));
  const updates = {
    generator: setup.optimizer.start(trainableVariables(networks.generator)),
    discriminator: setup.optimizer.start(trainableVariables(networks.discriminator)),
  };
  const step = createStep({ networks, losses: setup.losses, updates, order: setup.order });
  const rate = tf.scalar(2e-4);
  const losses: Record<string, number>[] = [];
  for (const index of [0, 1, 2]) {
    const pair = {
      input: picture(`input ${index}`, batch),
      target: picture(`target ${index}`, batch),
    };
    const count = tf.scalar(index + 1, "int32");
    const { losses: report } = step(pair, count, { generator: rate, discriminator: rate });
    const read = Object.entries(report).map(async ([name, value]) =>
      [name, (await value.data())[0]!] as const
    );
    losses.push(Object.fromEntries(await Promise.all(read)));
    tf.dispose([pair, count, report]);
  }
  return {
    losses,
    networks,
    states: {
      generator: updates.generator.state,
      discriminator: updates.discriminator.state,
    },
  };
}

async function assertOutcome(
  { losses, networks, states }: Awaited<ReturnType<typeof train>>,
  expected: Expected,
): Promise<void> {
  expected.losses.forEach((terms, index) => {
    for (const [name, value] of Object.entries(terms)) {
      assertWithin(`step ${index + 1}: ${name}`, losses[index]![name]!, value, 2e-5 * value);
    }
  });
  for (const network of ["generator", "discriminator"] as const) {
    const variables = namedVariables(networks[network]);
    for (const [name, digest] of Object.entries(expected[network].change)) {
      const variable = variables.get(name)!;
      assertEquals(variable.shape, [...digest.shape], name);
      const start = initial(name, variable.size);
      const change = Float64Array.from(await variable.data(), (value, i) => value - start[i]!);
      // Adam makes as large a change of a gradient that is nearly nothing, and so of its rounding.
      assertDigest(name, change, digest, 2e-2);
    }
    for (const [name, digest] of Object.entries(expected[network].optimizer)) {
      assertDigest(name, await states[network][name]!.data(), digest, 1e-3);
    }
  }
}

describeOnEngines("one step of training", () => {
  for (const expected of pytorch.trainings) {
    const { batch, lambda } = expected;
    it(`does what PyTorch's pix2pix does, D first (batch ${batch}, lambda ${lambda})`, async () => {
      await assertOutcome(await train(paper(lambda), batch), expected as unknown as Expected);
    });
  }

  for (const expected of keras.trainings) {
    it(`does what the notebook does in Keras, both at once (batch ${expected.batch})`, async () => {
      await assertOutcome(await train(notebook(), expected.batch), expected as unknown as Expected);
    });
  }
});
