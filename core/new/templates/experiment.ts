/**
 * Blurred flowers become sharp, by the paper's parts, made small enough for a look.
 *
 * Parameters are set on the command line: `--rate=1e-4`, `--epochs=50`, `--dataset=../photos`.
 */
import {
  adam,
  checkpoint,
  every,
  experiment,
  folderPairs,
  gan,
  jitter,
  l1,
  patchGan,
  progress,
  samples,
  syntheticFlowers,
  unet,
} from "../../../mod.ts";

/** Where pictures are looked for, in `input` and `output`, unless `--dataset` names a folder. */
const DATASET = "dataset";

export default experiment(
  { dataset: DATASET, size: 64, epochs: 10, count: 100, rate: 1e-3, lambda: 100, width: 16 },
  (p) => ({
    data: folderPairs({
      root: p.dataset,
      count: p.count,
      seed: p.seed,
      // Drawn flowers, so that it runs at once; a folder that was named must be there.
      otherwise: p.dataset === DATASET
        ? syntheticFlowers({ size: p.size, count: p.count, seed: p.seed })
        : undefined,
    }),
    augment: jitter({ load: Math.round(p.size * 286 / 256), crop: p.size, mirror: true }),
    // Each number is a halving of the size: four bring 64x64 to 4x4.
    generator: unet({ filters: [1, 2, 4, 8].map((times) => times * p.width) }),
    discriminator: patchGan({ receptiveField: 34, filters: p.width }),
    losses: { gan: gan(), l1: l1({ weight: p.lambda }) },
    optimizer: adam({ rate: p.rate, beta1: 0.5 }),
    callbacks: [progress(), samples({ count: 3 }), every(5, checkpoint())],
  }),
);
