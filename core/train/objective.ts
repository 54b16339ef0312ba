/** What each network minimises: the losses, what they see, and their gradients. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor4D, Variable } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import type { Mode, Share } from "../interfaces/networks.ts";
import type { Judgement, Loss, Views } from "../interfaces/objectives.ts";
import { discriminate, type Networks } from "../model/networks.ts";
import { averageAcrossWorkers } from "../ops/across_workers.ts";
import { stableName } from "../ops/optimizer_state.ts";
import { requireFinite } from "../ops/require_finite.ts";

/** The pictures of a step, `[batch, height, width, channels]` in -1…1; `fake` is G(input). */
export type Triplet = {
  readonly input: Tensor4D;
  readonly target: Tensor4D;
  readonly fake: Tensor4D;
};

/**
 * What the losses see. D runs when a loss first looks at it, and once for each picture.
 *
 * @param shown Judged as fake, with its own input and target.
 * @param real Judged as real.
 */
export function viewsOf(
  { input, target, fake }: Triplet,
  real: Pick<Triplet, "input" | "target">,
  { discriminator }: Networks,
  mode: Mode,
): Views {
  const judge = (given: Tensor4D, picture: Tensor4D): Judgement => {
    if (discriminator === undefined) {
      throw new PairlabError(
        "Cannot judge a picture: a loss of this experiment needs a discriminator, and it has none. " +
          "Add a discriminator, or use only losses that do not look at it",
      );
    }
    return discriminate(discriminator, given, picture, mode);
  };
  let ofReal: Judgement | undefined;
  let ofFake: Judgement | undefined;
  const onReal = (): Judgement => ofReal ??= judge(real.input, real.target);
  const onFake = (): Judgement => ofFake ??= judge(input, fake);
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
    discriminate: (picture) => judge(input, picture),
    step: mode.step,
    share: mode.share,
  };
}

/**
 * The sum of one network's loss terms. The sum and each term go into `report`; {@link gradients}
 * checks them.
 */
export function totalLoss(
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
        `Cannot use the loss "${key}": it returns a tensor of shape [${term.shape}]. Return a scalar, e.g. its tf.mean()`,
      );
    }
    report[key] = tf.keep(term.clone());
    terms.push(term);
  }
  const sum = terms.length === 1 ? terms[0]!.clone() : tf.addN(terms) as Scalar;
  return report[network] = tf.keep(sum);
}

/** Whose gradients are taken. */
export interface Trained {
  readonly network: string;
  readonly variables: readonly Variable[];
  /** Those of them that do not learn: their gradients are 0. @default none */
  readonly idle?: ReadonlySet<Variable>;
  /** Takes the gradients, for the caller to dispose. */
  readonly kept: Tensor[];
  /** The losses that the loss reports. */
  readonly report: Record<string, Scalar>;
  /** Where several processes train together: gradients and losses are the means over them. */
  readonly share?: Share | undefined;
}

/**
 * The gradients of a loss, in the order of the variables.
 *
 * @throws {PairlabError} If the loss does not depend on one of them.
 * @throws {NotFiniteError} If a term of the loss, or a gradient, is not finite.
 */
export function gradients(
  { network, variables, idle = new Set(), kept, report, share }: Trained,
  loss: () => Scalar,
): Tensor[] {
  const learning = variables.filter((variable) => !idle.has(variable));
  // Where nothing learns, e.g. in the identity generator, the loss is still reported.
  const grads = learning.length > 0 ? tf.variableGrads(loss, learning).grads : (loss(), {});
  const own = learning.map((variable) => {
    const gradient = grads[variable.name];
    if (gradient !== undefined) return gradient;
    throw new PairlabError(
      `Cannot train the ${network}: no loss depends on its weight "${variable.name}"`,
    );
  });
  const losses = Object.keys(report).filter((key) => key.split(".")[0] === network);
  const reported = losses.map((key) => report[key]!);
  // Checked after the average, so that all workers find the same.
  const averaged = share === undefined
    ? [...reported, ...own]
    : averageAcrossWorkers([...reported, ...own], { name: network, weight: share.weight });

  for (const [index, key] of losses.entries()) {
    const value = averaged[index] as Scalar;
    report[key] = tf.keep(
      key === network ? value.clone() : requireFinite(value, `the loss "${key}"`),
    );
  }
  tf.dispose(reported);
  const found = new Map(
    learning.map((variable, index) => [variable, averaged[losses.length + index]!]),
  );
  return variables.map((variable) => {
    const gradient = found.get(variable) ?? tf.zerosLike(variable);
    const what = `the gradient of "${network}/${stableName(variable)}"`;
    const checked = tf.keep(requireFinite(gradient, what));
    kept.push(checked);
    return checked;
  });
}
