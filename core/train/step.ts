/** One training step: G's forward pass, D's update, G's update. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor4D, Variable } from "@tensorflow/tfjs";
import type { UpdateOrder } from "../interfaces/experiment.ts";
import type { Mode, Share } from "../interfaces/networks.ts";
import type { Loss } from "../interfaces/objectives.ts";
import { generate, type Networks, trainableVariables } from "../model/networks.ts";
import type { Updates } from "../model/optimizers.ts";
import { keepValues } from "./freeze.ts";
import { gradients, totalLoss, viewsOf } from "./objective.ts";
import type { Turn } from "./position.ts";
import { replace, type Replayed } from "./replay.ts";

/** A batch of pairs in -1…1, `[batch, height, width, channels]`. */
export type Batch = {
  readonly input: Tensor4D;
  readonly target: Tensor4D;
  /** Earlier fakes; D sees some of them instead of this step's. */
  readonly replay?: Replayed;
};

/** The learning rate of each network. */
export type Rates = {
  readonly generator: Scalar;
  readonly discriminator: Scalar;
};

/** What a step works on. */
export interface StepParts {
  readonly networks: Networks;
  readonly losses: Readonly<Record<string, Loss>>;
  readonly updates: Updates;
  readonly order: UpdateOrder;
  /** Variables that keep their values in steps that freeze them. @default none */
  readonly frozen?: ReadonlySet<Variable>;
  /** Averages G's weights; called after each of its updates with the number of the step. */
  readonly average?: ((step: Scalar) => void) | undefined;
  /** Where several processes train together, the pictures of this one. @default all there are */
  readonly share?: Share | undefined;
}

/** The result of a step, for the caller to dispose. */
export type StepResult = {
  /**
   * The losses before the update, of the networks that learn in this step: `generator` and
   * `discriminator` (the sums) and each term, e.g. `generator.l1`.
   */
  readonly losses: Record<string, Scalar>;
  /** G(input), `[batch, height, width, channels]`, if the batch has `replay`. */
  readonly fake?: Tensor4D;
};

/**
 * Trains on one batch.
 *
 * @param step int32 scalar, 1 for the first step: keys the random numbers of dropout.
 * @param turn The networks that learn. @default "both"
 * @param freezes Whether frozen variables keep their values. @default false
 */
export type Step = (
  batch: Batch,
  step: Scalar,
  rates: Rates,
  turn?: Turn,
  freezes?: boolean,
) => StepResult;

/**
 * Creates the training step (algorithm 1 of Goodfellow et al., 2014, in the form of the paper's
 * section 3.3). It runs without reading a tensor, so that it can be compiled.
 *
 * A loss or gradient that is not finite ends the step with an error (see `requireFinite`) before it
 * reaches a weight; the other network may have been updated by then.
 */
export function createStep(
  { networks, losses, updates, order, average, share, frozen = new Set() }: StepParts,
): Step {
  const { generator, discriminator } = networks;
  const variablesOfG = trainableVariables(generator);
  const variablesOfD = discriminator === undefined ? [] : trainableVariables(discriminator);

  return (batch, step, rates, turn = "both", freezes = false) => {
    const idle = freezes ? frozen : new Set<Variable>();
    const mode: Mode = { training: true, dropout: true, updateStatistics: true, step, share };
    const report: Record<string, Scalar> = {};
    const kept: Tensor[] = [];
    let newFake: Tensor4D | undefined;

    const forward = (): Tensor4D => generate(generator, batch.input, mode);

    const discriminatorGradients = (fake: Tensor4D): Tensor[] => {
      const now = { ...batch, fake };
      if (batch.replay !== undefined) newFake = tf.keep(fake.clone());
      const trained = {
        network: "discriminator",
        variables: variablesOfD,
        idle,
        kept,
        report,
        share,
      };
      return gradients(trained, () => {
        const shown = batch.replay === undefined ? now : replace(now, batch.replay);
        return totalLoss("discriminator", viewsOf(shown, batch, networks, mode), losses, report);
      });
    };
    const updateDiscriminator = (gradients: Tensor[]): void =>
      keepValues(idle, () => updates.discriminator?.apply(gradients, rates.discriminator));

    const generatorLoss = (fake: Tensor4D): Scalar => {
      // D's moving statistics follow the pictures that D learns from, and no others.
      const quiet = { ...mode, updateStatistics: false };
      const views = viewsOf({ ...batch, fake }, batch, networks, quiet);
      return totalLoss("generator", views, losses, report);
    };
    const updateGenerator = (gradients: Tensor[]): void => {
      keepValues(idle, () => updates.generator.apply(gradients, rates.generator));
      average?.(step);
    };

    try {
      tf.tidy(() => {
        if (turn === "discriminator") return updateDiscriminator(discriminatorGradients(forward()));

        // tfjs records a gradient while the function of its loss runs. G runs once, and its loss is
        // taken with the updated D: so D's update lies within the recording of G's.
        let simultaneous: Tensor[] | undefined;
        const generatorGradients = gradients(
          { network: "generator", variables: variablesOfG, idle, kept, report, share },
          () => {
            const fake = forward();
            if (discriminator !== undefined && turn === "both") {
              const gradients = discriminatorGradients(fake);
              if (order === "alternate") updateDiscriminator(gradients);
              else simultaneous = gradients;
            }
            return generatorLoss(fake);
          },
        );
        if (simultaneous !== undefined) updateDiscriminator(simultaneous);
        updateGenerator(generatorGradients);
      });
    } catch (error) {
      tf.dispose([report, newFake ?? []]);
      throw error;
    } finally {
      tf.dispose(kept);
    }
    return { losses: report, ...newFake !== undefined && { fake: newFake } };
  };
}
