/** The tiny matrix with a variant between the others whose cells fail in their third step. */
import { ablation } from "../../../core/ablate/ablation.ts";
import type { Callback } from "../../../core/plugin.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { l1 } from "../../../plugins/losses/l1.ts";
import { psnr } from "../../../plugins/metrics/psnr.ts";
import tiny from "../experiment/tiny_experiment.ts";

const failing: Callback = {
  name: "failing",
  onStepEnd: (_, { step }) => {
    if (step >= 3) throw new PairlabError("Cannot go on: this callback fails in step 3");
  },
};

export default ablation({
  title: "One that fails",
  experiment: tiny,
  variants: {
    "fails": { callbacks: [failing] },
    "L1": { losses: { l1: l1() }, discriminator: undefined },
  },
  seeds: [1, 2],
  scale: { quick: { epochs: 1 } },
  metrics: [psnr()],
  strips: 0,
});
