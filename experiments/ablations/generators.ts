/** The paper's Table 2 in form: what the U-Net's skips are worth, by each of two losses. */
import { ablation, encoderDecoder, l1 } from "../../mod.ts";
import flowers, { filters, METRICS, NIGHT, PAPER, QUICK } from "./base/flowers.ts";

export default ablation({
  title: "Generators (the form of the paper's Table 2)",
  experiment: flowers,
  variants: {
    "Encoder-decoder (L1)": (p) => ({
      generator: encoderDecoder({ filters: filters(p), dropout: 3 }),
      losses: { l1: l1({ weight: p.lambda }) },
      discriminator: undefined,
    }),
    "Encoder-decoder (L1+cGAN)": (p) => ({
      generator: encoderDecoder({ filters: filters(p), dropout: 3 }),
    }),
    "U-Net (L1)": (p) => ({ losses: { l1: l1({ weight: p.lambda }) }, discriminator: undefined }),
    "U-Net (L1+cGAN)": {},
  },
  seeds: [1, 2, 3],
  // For this table alone the paper trained with batches of 10 (its caption). At the 1x1 bottleneck
  // of an encoder-decoder it matters: what a batch of one normalises away comes back by no skip.
  scale: {
    quick: { ...QUICK, batch: 10, epochs: 20 },
    // A tenth of the steps, at the higher rate.
    night: { ...NIGHT, batch: 10, rate: 1e-3 },
    paper: { ...PAPER, batch: 10 },
  },
  // The statistics of one picture are not those of ten.
  mode: "running",
  metrics: METRICS,
});
