/** A training without files or a run folder, for any engine and for browsers. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { compile, type CompileMode } from "../../core/backends/compile.ts";
import { namedVariables, type Networks, trainableVariables } from "../../core/model/networks.ts";
import { awaitLateChecks } from "../../core/ops/require_finite.ts";
import { createStep, type Step } from "../../core/train/step.ts";
import { patchGan } from "../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../plugins/generators/unet.ts";
import { gan } from "../../plugins/losses/gan.ts";
import { l1 } from "../../plugins/losses/l1.ts";
import { adam } from "../../plugins/optimizers/adam.ts";

/** Filters of a network for pictures of 32x32. */
export const SMALL = [8, 16, 16, 16, 16];

/** A training in memory: its step, and its values to keep or to put back. */
export interface Trainer {
  step(index: number): Promise<Record<string, number>>;
  /** As step, without reading the losses. */
  stepUnread(index: number): Promise<void>;
  values(): Promise<Float32Array[]>;
  restore(values: readonly Float32Array[]): void;
  dispose(): void;
}

/** Builds networks and optimizers; D begins with as many filters as G. */
export function createTrainer(
  size: number,
  filters: readonly number[],
  mode: CompileMode,
): Trainer {
  const image = { height: size, width: size, channels: 3 }, shape = { input: image, target: image };
  const networks: Networks = {
    generator: unet({ filters: [...filters] })(shape, 1),
    discriminator: patchGan({ filters: filters[0]! })(shape, 2),
  };
  const optimizer = adam();
  const of = (network: "generator" | "discriminator") =>
    optimizer.start(trainableVariables(networks[network]!));
  const updates = { generator: of("generator"), discriminator: of("discriminator") };
  const losses = { gan: gan(), l1: l1() };
  const take = compile(
    createStep({ networks, losses, updates, order: "alternate" }) as Step,
    { name: "a step", mode },
  );
  const picture = (index: number): Tensor4D =>
    tf.tensor4d(
      Float32Array.from({ length: size * size * 3 }, (_, i) => Math.sin(0.37 * i + index)),
      [1, size, size, 3],
    );
  const variables = [
    ...namedVariables(networks.generator).values(),
    ...namedVariables(networks.discriminator!).values(),
    ...Object.values(updates.generator.state),
    ...Object.values(updates.discriminator.state),
  ];
  const run = async (index: number): Promise<Record<string, Scalar>> => {
    const batch = { input: picture(index), target: picture(index + 0.5) };
    const rate = tf.scalar(2e-4), step = tf.scalar(index, "int32");
    const result = await take(batch, step, { generator: rate, discriminator: rate });
    tf.dispose([batch, rate, step]);
    return result.losses;
  };
  return {
    step: async (index) => {
      const losses = await run(index);
      const [entries] = await Promise.all([
        Promise.all(
          Object.entries(losses).map(async ([name, loss]) =>
            [name, (await loss.data())[0]!] as const
          ),
        ),
        awaitLateChecks(),
      ]);
      tf.dispose(losses);
      return Object.fromEntries(entries);
    },
    stepUnread: async (index) => tf.dispose(await run(index)),
    values: async () =>
      await Promise.all(variables.map(async (each) => Float32Array.from(await each.data()))),
    restore: (values) =>
      variables.forEach((variable, i) =>
        tf.tidy(() => variable.assign(tf.tensor(values[i]!, variable.shape)))
      ),
    dispose: () => tf.dispose(variables as unknown as Tensor[]),
  };
}

/** The losses of steps `from` to `to`. */
export async function lossesOf(
  trainer: Trainer,
  from: number,
  to: number,
): Promise<Record<string, number>[]> {
  const losses = [];
  for (let index = from; index <= to; index++) losses.push(await trainer.step(index));
  return losses;
}
