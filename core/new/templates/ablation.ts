/**
 * What the discriminator contributes to an experiment, trained with several seeds.
 *
 * Every parameter of the experiment can be set for all variants: `--epochs=20`.
 */
import { ablation, l1, mae, psnr } from "../../../mod.ts";
import quickstart from "../../../experiments/quickstart.ts";

export default ablation({
  title: "What the discriminator contributes",
  experiment: quickstart,
  variants: {
    // Parts by name; `undefined` takes one out.
    "L1": { losses: { l1: l1({ weight: 100 }) }, discriminator: undefined },
    // Parameters, which all parts see.
    "weak L1 + GAN": { parameters: { lambda: 10 } },
    // The experiment as it is.
    "L1 + GAN": {},
  },
  seeds: [1, 2, 3],
  scale: { quick: { epochs: 4 }, full: { epochs: 40 } },
  metrics: [psnr(), mae()],
  reference: "L1 + GAN",
});
