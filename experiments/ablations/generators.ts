/** After the paper's Table 2: what the U-Net's skips are worth, with each of two losses. */
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
  // The paper trained with batches of 10 for this table alone (see its caption). That matters to an
  // encoder-decoder: to normalise a batch of one at its 1x1 bottleneck removes everything, and no skip
  // brings it back.
  scale: {
    quick: { ...QUICK, batch: 10, epochs: 20 },
    // Batches of 10 mean a tenth of the steps; the higher rate makes up for it.
    night: { ...NIGHT, batch: 10, rate: 1e-3 },
    paper: { ...PAPER, batch: 10 },
  },
  // Trained on the statistics of ten pictures, the networks cannot be tested with those of one.
  mode: "running",
  metrics: METRICS,
});
