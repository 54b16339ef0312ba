/** One batch of pictures through the step: tensors in, numbers out. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar } from "@tensorflow/tfjs";
import { PairlabError } from "./errors.ts";
import type { Pair } from "./plugin.ts";
import type { Batch, Rates, Step } from "./step.ts";
import { toTensor } from "./tensors.ts";

/** Hands one batch to the step and reads the losses. */
export async function trainOn(
  pairs: readonly Pair[],
  step: number,
  rates: { generator: number; discriminator: number },
  trainStep: (...args: Parameters<Step>) => Promise<ReturnType<Step>>,
): Promise<Record<string, number>> {
  const batch: Batch = {
    input: toTensor(pairs.map(({ input }) => input)),
    target: toTensor(pairs.map(({ target }) => target)),
  };
  const rateTensors: Rates = {
    generator: tf.scalar(rates.generator),
    discriminator: tf.scalar(rates.discriminator),
  };
  const stepTensor = tf.scalar(step, "int32");
  const report = await trainStep(batch, stepTensor, rateTensors);
  const losses = await readScalars(report);
  tf.dispose([batch, rateTensors, stepTensor, report]);
  return losses;
}

async function readScalars(report: Record<string, Scalar>): Promise<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const [name, scalar] of Object.entries(report)) {
    values[name] = (await scalar.data())[0]!;
  }
  return values;
}

/** Stops a training whose losses are no numbers any more. @throws {PairlabError} */
export function checkFinite(
  losses: Readonly<Record<string, number>>,
  step: number,
  names: readonly string[],
): void {
  for (const [name, value] of Object.entries(losses)) {
    if (Number.isFinite(value)) continue;
    throw new PairlabError(
      `Cannot go on: the loss "${name}" is ${value} in step ${step} (${
        names.map((pair) => `"${pair}"`).join(", ")
      }), a lower rate may work from the last checkpoint`,
    );
  }
}
