/**
 * The course notebook's pix2pix on flowers, line by line.
 *
 * It differs from the paper (flowers_deblur) in every option that is set here and not there.
 */
import {
  adam,
  batchNorm,
  checkpoint,
  every,
  experiment,
  folderPairs,
  gan,
  health,
  jitter,
  l1,
  patchGan,
  progress,
  samples,
  syntheticFlowers,
  unet,
} from "../mod.ts";

/** Where pictures are looked for unless `--dataset` names another folder. */
const DATASET = "dataset";

/** Keras' defaults of batch normalisation. */
const KERAS_BATCH_NORM = batchNorm({ epsilon: 1e-3, momentum: 0.99, scaleDeviation: 0 });

/** Keras' default slope of leaky ReLU. */
const KERAS_SLOPE = 0.3;

export default experiment({ dataset: DATASET, rate: 2e-4, lambda: 100, seed: 23 }, (p) => ({
  data: folderPairs({
    root: p.dataset,
    count: 500,
    trainShare: 0.8,
    seed: p.seed,
    // Both pictures are brought to 256x256 when they are loaded, before the jitter.
    resize: { size: p.size, kernel: "bilinear" },
    otherwise: p.dataset === DATASET ? syntheticFlowers({ size: p.size, seed: p.seed }) : undefined,
  }),
  resize: "bilinear",
  augment: jitter({
    load: Math.round(p.size * 286 / 256),
    crop: p.size,
    mirror: true,
    kernel: "bilinear",
  }),
  // The order of the first epoch is that of all.
  shuffle: false,
  generator: unet({
    filters: [64, 128, 256, 512, 512, 512, 512, 512],
    dropout: 3,
    slope: KERAS_SLOPE,
    norm: KERAS_BATCH_NORM,
    innermostNorm: true,
    reluOnSkips: false,
  }),
  // All four blocks halve: what the notebook calls 70x70 sees 94x94.
  discriminator: patchGan({
    receptiveField: 94,
    slope: KERAS_SLOPE,
    norm: KERAS_BATCH_NORM,
  }),
  losses: { gan: gan({ discriminatorWeight: 1 }), l1: l1({ weight: p.lambda }) },
  // Both networks are updated from one forward pass.
  order: "simultaneous",
  optimizer: adam({ rate: p.rate, beta1: 0.5, epsilon: 1e-7, epsilonPlacement: "uncorrected" }),
  callbacks: [
    progress({ seconds: 0 }),
    samples({ count: 5 }),
    health(),
    every(25, checkpoint()),
  ],
}));
