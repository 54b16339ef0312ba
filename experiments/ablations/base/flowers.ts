/**
 * What the three ablations have in common: the paper's U-Net, PatchGAN, losses and training, as in
 * `flowers_deblur`, and the metrics.
 *
 * There are three scales: `quick` is 64x64 with a quarter of the filters, `night` 128x128 with half
 * of them, and `paper` as in the paper.
 */
import {
  adam,
  efficientnetDistance,
  experiment,
  folderPairs,
  gan,
  isImported,
  jitter,
  l1,
  labHistogramIntersection,
  patchGan,
  progress,
  psnr,
  sharpnessRatio,
  ssimIndex,
  syntheticFlowers,
  unet,
} from "../../../mod.ts";

/** The folder of pictures, unless `--dataset` names another. */
const DATASET = "dataset";

/** Trains in about half a minute on two cores. */
export const QUICK = {
  size: 64,
  width: 16,
  count: 200,
  epochs: 6,
  // The paper's rate would not get far in so few steps.
  rate: 1e-3,
  // Half of the picture's side; the paper's 70 is a quarter of 256.
  field: 34,
} as const;

/** Trains in a night on two cores: half of the paper's side, and half of its channels. */
export const NIGHT = {
  size: 128,
  width: 32,
  count: 500,
  epochs: 50,
  rate: 2e-4,
  // The same share of the side as the paper's.
  field: 34,
} as const;

/** As in the paper (section 6.2), for a data set of a few hundred pairs. */
export const PAPER = {
  size: 256,
  width: 64,
  count: 500,
  epochs: 200,
  rate: 2e-4,
  field: 70,
} as const;

/**
 * Fidelity (PSNR, SSIM), blur, the colours of the paper's Figure 7, and a perceptual distance if
 * its network has been imported.
 */
export const METRICS = [
  psnr(),
  ssimIndex(),
  sharpnessRatio(),
  labHistogramIntersection({ channel: "L" }),
  labHistogramIntersection({ channel: "a" }),
  labHistogramIntersection({ channel: "b" }),
  ...await isImported("efficientnet-lite0") ? [efficientnetDistance()] : [],
];

/** Channels after each halving, down to 1x1; at 256 the paper's C64-C128-C256-C512-…-C512. */
export function filters({ size, width }: { size: number; width: number }): number[] {
  const halvings = Math.round(Math.log2(size));
  return Array.from({ length: halvings }, (_, index) => Math.min(2 ** index, 8) * width);
}

export default experiment(
  // `split` alone chooses the test pictures, so they are the same for all cells and seeds.
  { ...PAPER, dataset: DATASET, lambda: 100, split: 23 },
  (p) => ({
    data: folderPairs({
      root: p.dataset,
      count: p.count,
      seed: p.split,
      otherwise: p.dataset === DATASET
        ? syntheticFlowers({ size: p.size, count: p.count, seed: p.split })
        : undefined,
    }),
    augment: jitter({ load: Math.round(p.size * 286 / 256), crop: p.size, mirror: true }),
    generator: unet({ filters: filters(p), dropout: 3 }),
    discriminator: patchGan({ receptiveField: p.field, filters: p.width }),
    losses: { gan: gan(), l1: l1({ weight: p.lambda }) },
    optimizer: adam({ rate: p.rate }),
    callbacks: [progress()],
  }),
);
