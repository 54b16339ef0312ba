/**
 * The paper's colourisation: of a photograph's lightness L, its colours a and b (CIE L*a*b*).
 *
 * Everything shown, measured and predicted is in colour; `colours`, which the checkpoint remembers,
 * decides what the networks see.
 */
import {
  adam,
  checkpoint,
  degraded,
  evaluateEvery,
  every,
  experiment,
  gan,
  greyscale,
  health,
  l1,
  labHistogramIntersection,
  mirror,
  patchGan,
  progress,
  samples,
  syntheticFlowers,
  unet,
} from "../mod.ts";

/** Where photographs are looked for unless `--dataset` names another folder. */
const DATASET = "dataset/photographs";

export default experiment(
  // Section 6.2: 4 photographs at a time; about 6 epochs there, of 1.2 million photographs.
  { dataset: DATASET, epochs: 200, batch: 4, rate: 2e-4, lambda: 100 },
  (p) => ({
    data: degraded({
      source: p.dataset,
      size: p.size,
      fit: "cover",
      degrade: [greyscale()],
      seed: p.seed,
      otherwise: p.dataset === DATASET
        ? syntheticFlowers({ size: p.size, seed: p.seed })
        : undefined,
    }),
    // Section 6.2: mirroring only, no jitter.
    augment: mirror(),
    // Section 6.1.1: the last convolution makes 2 channels.
    colours: "lab",
    generator: unet({ dropout: 3 }),
    discriminator: patchGan({ receptiveField: 70 }),
    losses: { gan: gan({ discriminatorWeight: 0.5 }), l1: l1({ weight: p.lambda }) },
    optimizer: adam({ rate: p.rate, beta1: 0.5, beta2: 0.999 }),
    callbacks: [
      progress(),
      samples({ count: 5 }),
      // Figure 7: whether the colours are as varied as in photographs.
      evaluateEvery(10, {
        metrics: [
          labHistogramIntersection({ channel: "a" }),
          labHistogramIntersection({ channel: "b" }),
        ],
      }),
      health(),
      every(25, checkpoint()),
    ],
  }),
);
