/** One batch of pairs through the step: pictures in, losses out. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar } from "@tensorflow/tfjs";
import type { Colours } from "../interfaces/experiment.ts";
import type { Pair } from "../interfaces/pictures.ts";
import { encodeInputs, encodeTargets } from "../model/colours.ts";
import { asNotFinite, awaitLateChecks } from "../ops/require_finite.ts";
import type { Turn } from "./position.ts";
import type { ReplayPool } from "./replay.ts";
import type { Batch, Rates, Step } from "./step.ts";

/** The settings of one step. */
export interface StepSettings {
  /** 1 for the first step. */
  readonly step: number;
  readonly rates: { readonly generator: number; readonly discriminator: number };
  /** @default "both" */
  readonly turn?: Turn;
  /** Whether frozen variables keep their values. @default false */
  readonly freezes?: boolean;
  /** The pool of earlier fakes: D sees some of them, and this step's fakes join it. */
  readonly replay?: ReplayPool | undefined;
  /** @default "stored" */
  readonly colours?: Colours | undefined;
}

/**
 * Trains on one batch and reads the losses.
 *
 * @throws {NotFiniteError} If a loss or a gradient is not finite.
 */
export async function trainOn(
  pairs: readonly Pair[],
  { step, rates, turn = "both", freezes = false, replay, colours }: StepSettings,
  trainStep: (...args: Parameters<Step>) => Promise<ReturnType<Step>>,
): Promise<Record<string, number>> {
  const draw = turn === "generator" ? undefined : replay?.draw(step, pairs.length);
  const batch: Batch = {
    input: encodeInputs(pairs.map(({ input }) => input), colours),
    target: encodeTargets(pairs.map(({ target }) => target), colours),
    ...draw !== undefined && { replay: draw.tensors },
  };
  const rateTensors: Rates = {
    generator: tf.scalar(rates.generator),
    discriminator: tf.scalar(rates.discriminator),
  };
  const stepTensor = tf.scalar(step, "int32");
  try {
    const result = await trainStep(batch, stepTensor, rateTensors, turn, freezes);
    const [losses] = await Promise.all([readScalars(result.losses), awaitLateChecks()]);
    if (result.fake !== undefined) await draw?.keep({ ...batch, fake: result.fake });
    tf.dispose(result);
    return losses;
  } catch (error) {
    // The engine may know why, e.g. that its device is lost.
    const cause = await awaitLateChecks().then(() => error, (late) => late);
    throw asNotFinite(error) ?? asNotFinite(cause) ?? cause;
  } finally {
    tf.dispose([batch, rateTensors, stepTensor]);
  }
}

async function readScalars(report: Record<string, Scalar>): Promise<Record<string, number>> {
  // All are asked for before the first is awaited: a GPU is waited for once.
  const read = Object.entries(report).map(async ([name, scalar]) =>
    [name, (await scalar.data())[0]!] as const
  );
  return Object.fromEntries(await Promise.all(read));
}
