import * as tf from "@tensorflow/tfjs";
import { checkWeights, type Loss, meanOverScales } from "../../core/plugin.ts";

/** Options of {@link hinge}. */
export interface HingeOptions {
  /** Weight of G's term. @default 1 */
  readonly weight?: number;
  /** Weight of D's term. @default 1 */
  readonly discriminatorWeight?: number;
}

/**
 * The hinge adversarial loss (Lim and Ye 2017; Miyato et al. 2018, equations 16 and 17): D pushes
 * real above 1 and fake below -1; G pushes fake up. Beyond the margin D has no gradient, so there is
 * no label to smooth. Averaged over patches and pictures, then over scales.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { hinge } from "./hinge.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const sure = (value: number) => [tf.fill([1, 30, 30, 1], value)];
 * const views = { realLogits: sure(1.5), fakeLogits: sure(-0.5) } as unknown as Views;
 * assertEquals(hinge().discriminator?.(views).dataSync()[0], 0 + 0.5);
 * assertEquals(hinge().generator?.(views).dataSync()[0], 0.5);
 * ```
 */
export function hinge({ weight = 1, discriminatorWeight = 1 }: HingeOptions = {}): Loss {
  checkWeights("hinge", { weight, discriminatorWeight });
  return {
    boundary: 0,
    generator: ({ fakeLogits }) => tf.mul(meanOverScales(fakeLogits), -weight),
    discriminator: ({ realLogits, fakeLogits }) =>
      tf.mul(
        tf.add(
          meanOverScales(realLogits, (logits) => tf.relu(tf.sub(1, logits))),
          meanOverScales(fakeLogits, (logits) => tf.relu(tf.add(logits, 1))),
        ),
        discriminatorWeight,
      ),
  };
}
