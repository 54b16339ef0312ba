/** What losses see of a step. */
import type { Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { discriminate, type Networks } from "../model/networks.ts";
import type { Mode } from "../interfaces/networks.ts";
import type { Judgement, Views } from "../interfaces/objectives.ts";

/** Pictures of a step, and what G made of the inputs. */
export interface Shown {
  readonly input: Tensor4D;
  readonly target: Tensor4D;
  readonly fake: Tensor4D;
}

/**
 * What the losses see. D runs when a loss first looks at it, and once for each picture.
 *
 * @param shown What is judged as fake, with its own input and target.
 * @param real What is judged as real.
 */
export function viewsOf(
  { input, target, fake }: Shown,
  real: Pick<Shown, "input" | "target">,
  { discriminator }: Networks,
  mode: Mode,
): Views {
  const judge = (given: Tensor4D, picture: Tensor4D): Judgement => {
    if (discriminator === undefined) {
      throw new PairlabError(
        "Cannot judge a picture: a loss of this experiment needs a discriminator, and it has none; " +
          "a discriminator, or only losses that do not look at it, would work",
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
  };
}
