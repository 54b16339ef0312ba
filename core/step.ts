import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor4D, Variable } from "@tensorflow/tfjs";
import { PairlabError } from "./errors.ts";
import { stableName } from "./optimizer_state.ts";
import { requireFinite } from "./ops/require_finite.ts";
import { discriminate, generate, type Networks, trainableVariables } from "./networks.ts";
import type { Judgement, Loss, Mode, UpdateOrder, UpdateRule, Views } from "./plugin.ts";

/** A batch of pairs in -1…1, `[batch, height, width, channels]`. */
export type Batch = {
  readonly input: Tensor4D;
  readonly target: Tensor4D;
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
  /**
   * Update nothing of a network unless all of its gradients are finite. Otherwise each weight waits
   * for its own gradient only, which is faster; a step that fails is then torn. @default false
   */
  readonly whole?: boolean;
}

/**
 * Trains both networks on one batch and returns the losses before the update, by name:
 * `generator` and `discriminator` (the sums) and each term, e.g. `generator.l1`.
 *
 * @param step int32 scalar, 1 for the first step: keys the random numbers of dropout.
 * @returns Scalars that the caller disposes.
 */
export type Step = (batch: Batch, step: Scalar, rates: Rates) => Record<string, Scalar>;

/**
 * One training step: G once, D on real and fake, both updates (algorithm 1 of Goodfellow et al.,
 * 2014, in the form of the paper's section 3.3).
 *
 * The two orders differ in one thing: whether G's loss sees D before or after its update. Reads no
 * value of a tensor, so that it can be compiled. A loss or gradient that is not finite ends it with an
 * error (see `requireFinite`) before it reaches a weight.
 */
export function createStep({ networks, losses, updates, order, whole = false }: StepParts): Step {
  const { generator, discriminator } = networks;
  const generatorVariables = trainableVariables(generator);
  const discriminatorVariables = discriminator === undefined
    ? []
    : trainableVariables(discriminator);

  return (batch, step, rates) => {
    const report: Record<string, Scalar> = {};
    const mode: Mode = { training: true, dropout: true, updateStatistics: true, step };
    const kept: Tensor[] = [];
    const ofGenerator = { network: "generator", variables: generatorVariables, kept };
    const ofDiscriminator = { network: "discriminator", variables: discriminatorVariables, kept };
    const rateAfter = (gradients: readonly Tensor[], rate: Scalar): Scalar =>
      whole ? after(gradients, rate) : rate;

    try {
      tf.tidy(() => {
        let ofD: Tensor[] = [];
        const updateDiscriminator = (): void =>
          updates.discriminator?.apply(ofD, rateAfter(ofD, rates.discriminator));

        const ofG = gradients(ofGenerator, () => {
          const fake = generate(generator, batch.input, mode);
          if (discriminator !== undefined) {
            ofD = gradients(ofDiscriminator, () => {
              const views = viewsOf(batch, fake, networks, mode);
              return total("discriminator", views, losses, report);
            });
            if (order === "alternate") updateDiscriminator();
          }
          // D's moving statistics have taken note of this fake already.
          const views = viewsOf(batch, fake, networks, { ...mode, updateStatistics: false });
          return total("generator", views, losses, report);
        });
        if (order === "simultaneous") updateDiscriminator();
        updates.generator.apply(ofG, rateAfter(ofG, rates.generator));
      });
    } catch (error) {
      tf.dispose(report);
      throw error;
    } finally {
      tf.dispose(kept);
    }
    return report;
  };
}

/** What the losses see. D runs when a loss first looks at it, and once for each picture. */
function viewsOf(
  { input, target }: Batch,
  fake: Tensor4D,
  { discriminator }: Networks,
  mode: Mode,
): Views {
  const judge = (picture: Tensor4D): Judgement => {
    if (discriminator === undefined) {
      throw new PairlabError(
        "Cannot judge a picture: a loss of this experiment needs a discriminator, and it has none",
      );
    }
    return discriminate(discriminator, input, picture, mode);
  };
  let real: Judgement | undefined;
  let made: Judgement | undefined;
  const onReal = (): Judgement => real ??= judge(target);
  const onFake = (): Judgement => made ??= judge(fake);
  return {
    input,
    target,
    fake,
    get realLogits() {
      return onReal().logits;
    },
    get fakeLogits() {
      return onFake().logits;
    },
    get realFeatures() {
      return onReal().features;
    },
    get fakeFeatures() {
      return onFake().features;
    },
    discriminate: judge,
    step: mode.step,
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
    report[key] = tf.keep(requireFinite(term, `the loss "${key}"`));
    terms.push(term);
  }
  const sum = terms.length === 1 ? terms[0]!.clone() : tf.addN(terms) as Scalar;
  return report[network] = tf.keep(sum);
}

/** Whose gradients are taken, and where those go that the caller disposes. */
interface Trained {
  readonly network: string;
  readonly variables: Variable[];
  readonly kept: Tensor[];
}

/** The gradients of a loss, in the order of the variables, every number finite. */
function gradients({ network, variables, kept }: Trained, loss: () => Scalar): Tensor[] {
  if (variables.length === 0) {
    // Nothing to train, as in the identity; the loss is wanted all the same.
    loss();
    return [];
  }
  const { grads } = tf.variableGrads(loss, variables);
  return variables.map((variable) => {
    const gradient = grads[variable.name];
    if (gradient === undefined) {
      throw new PairlabError(
        `Cannot train the ${network}: no loss depends on its weight "${variable.name}"`,
      );
    }
    const what = `the gradient of "${network}/${stableName(variable)}"`;
    const checked = tf.keep(requireFinite(gradient, what));
    kept.push(checked);
    return checked;
  });
}

/** The rate as it is, but not before all gradients are there and found finite. */
function after(gradients: readonly Tensor[], rate: Scalar): Scalar {
  const nothing = gradients.map((gradient) => tf.mul<Scalar>(tf.sum(gradient), 0));
  return tf.addN([rate, ...nothing]);
}
