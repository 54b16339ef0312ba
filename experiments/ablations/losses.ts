/** After the paper's Table 1: which terms the loss needs, and whether D should see the input. */
import { ablation, gan, l1, patchGan } from "../../mod.ts";
import flowers, { METRICS, NIGHT, PAPER, QUICK } from "./base/flowers.ts";

export default ablation({
  title: "Losses (the form of the paper's Table 1)",
  experiment: flowers,
  variants: {
    "L1": (p) => ({ losses: { l1: l1({ weight: p.lambda }) }, discriminator: undefined }),
    "GAN": (p) => ({
      losses: { gan: gan() },
      discriminator: patchGan({ receptiveField: p.field, filters: p.width, conditional: false }),
    }),
    "cGAN": { losses: { gan: gan() } },
    "L1+GAN": (p) => ({
      discriminator: patchGan({ receptiveField: p.field, filters: p.width, conditional: false }),
    }),
    "L1+cGAN": {},
  },
  seeds: [1, 2, 3],
  scale: { quick: QUICK, night: NIGHT, paper: PAPER },
  metrics: METRICS,
});
