import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { gradients } from "./gradients.ts";
import { requireFinite } from "../ops/require_finite.ts";
import { generate, type Networks, trainableVariables } from "../model/networks.ts";
import type { UpdateOrder } from "../interfaces/experiment.ts";
import type { Mode } from "../interfaces/networks.ts";
import type { Loss, UpdateRule, Views } from "../interfaces/objectives.ts";
import type { Turn } from "./turns.ts";
import { replace, type Replayed } from "./replay.ts";
import { viewsOf } from "./views.ts";

/** A batch of pairs in -1…1, `[batch, height, width, channels]`. */
export type Batch = {
  readonly input: Tensor4D;
  readonly target: Tensor4D;
  /** Earlier fakes, of which D is shown some in the place of this step's. */
  readonly replay?: Replayed;
};

/** A number for each network. */
export type Rates = {
  readonly generator: Scalar;
  readonly discriminator: Scalar;
};

/** What a step works on. */
export interface StepParts {
  readonly networks: Networks;
  readonly losses: Readonly<Record<string, Loss>>;
  readonly updates: { readonly generator: UpdateRule; readonly discriminator?: UpdateRule };
  readonly order: UpdateOrder;
  /** Called after each update of G with the number of the step, to average its weights. */
  readonly average?: ((step: Scalar) => void) | undefined;
}

/** What comes of a step, for the caller to dispose. */
export type StepResult = {
  /**
   * The losses before the update, by name: `generator` and `discriminator` (the sums) and each
   * term, e.g. `generator.l1`; of those networks whose turn it was.
   */
  readonly losses: Record<string, Scalar>;
  /** G(input), `[batch, height, width, channels]`, where the batch has `replay`. */
  readonly fake?: Tensor4D;
};

/**
 * Trains the networks whose turn it is on one batch.
 *
 * @param step int32 scalar, 1 for the first step: keys the random numbers of dropout.
 * @param turn Left out, it is both networks'.
 */
export type Step = (batch: Batch, step: Scalar, rates: Rates, turn?: Turn) => StepResult;

/**
 * One training step: G once, D on real and fake, both updates (algorithm 1 of Goodfellow et al.,
 * 2014, in the form of the paper's section 3.3).
 *
 * The two orders differ in one thing: whether G's loss sees D before or after its update. Reads no
 * value of a tensor, so that it can be compiled. A loss or gradient that is not finite ends it with an
 * error (see `requireFinite`) before it reaches a weight; others may have been updated by then.
 */
export function createStep(
  { networks, losses, updates, order, average }: StepParts,
): Step {
  const { generator, discriminator } = networks;
  const generatorVariables = trainableVariables(generator);
  const discriminatorVariables = discriminator === undefined
    ? []
    : trainableVariables(discriminator);

  return (batch, step, rates, turn = "both") => {
    const report: Record<string, Scalar> = {};
    let made: Tensor4D | undefined;
    const mode: Mode = { training: true, dropout: true, updateStatistics: true, step };
    const kept: Tensor[] = [];
    const ofGenerator = { network: "generator", variables: generatorVariables, kept };
    const ofDiscriminator = { network: "discriminator", variables: discriminatorVariables, kept };
    const trainsD = discriminator !== undefined && turn !== "generator";

    try {
      tf.tidy(() => {
        let ofD: Tensor[] = [];
        const updateDiscriminator = (): void =>
          updates.discriminator?.apply(ofD, rates.discriminator);
        const judge = (fake: Tensor4D): void => {
          if (!trainsD) return;
          const { replay } = batch;
          if (replay !== undefined) made = tf.keep(fake.clone());
          ofD = gradients(ofDiscriminator, () => {
            const now = { ...batch, fake };
            const shown = replay === undefined ? now : replace(now, replay);
            const views = viewsOf(shown, batch, networks, mode);
            return total("discriminator", views, losses, report);
          });
          if (order === "alternate") updateDiscriminator();
        };

        let ofG: Tensor[] = [];
        if (turn === "discriminator") judge(generate(generator, batch.input, mode));
        else {
          ofG = gradients(ofGenerator, () => {
            const fake = generate(generator, batch.input, mode);
            judge(fake);
            // D's moving statistics take note of what D learns from, and no more.
            const silent = { ...mode, updateStatistics: false };
            const views = viewsOf({ ...batch, fake }, batch, networks, silent);
            return total("generator", views, losses, report);
          });
        }
        if (trainsD && order === "simultaneous") updateDiscriminator();
        if (turn === "discriminator") return;
        updates.generator.apply(ofG, rates.generator);
        average?.(step);
      });
    } catch (error) {
      tf.dispose([report, made ?? []]);
      throw error;
    } finally {
      tf.dispose(kept);
    }
    return made === undefined ? { losses: report } : { losses: report, fake: made };
  };
}

/** The sum of one network's terms; each of them and the sum go into the report. */
function total(
  network: "generator" | "discriminator",
  views: Views,
  losses: Readonly<Record<string, Loss>>,
  report: Record<string, Scalar>,
): Scalar {
  const terms: Scalar[] = [];
  for (const [name, loss] of Object.entries(losses)) {
    const term = loss[network]?.(views);
    if (term === undefined) continue;
    const key = `${network}.${name}`;
    if (term.rank !== 0) {
      throw new PairlabError(
        `Cannot use the loss "${key}": it gives a tensor of shape [${term.shape}], a number would work, e.g. its tf.mean()`,
      );
    }
    report[key] = tf.keep(requireFinite(term, `the loss "${key}"`));
    terms.push(term);
  }
  const sum = terms.length === 1 ? terms[0]!.clone() : tf.addN(terms) as Scalar;
  return report[network] = tf.keep(sum);
}
