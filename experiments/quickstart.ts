/**
 * Something to see in under two minutes, on any engine: 64x64 flowers, narrow networks.
 *
 * The parts are the paper's; only what costs time is smaller.
 */
import {
  adam,
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

export default experiment(
  { dataset: DATASET, size: 64, epochs: 8, count: 120, rate: 1e-3, lambda: 100, width: 16 },
  (p) => ({
    data: folderPairs({
      root: p.dataset,
      count: p.count,
      seed: p.seed,
      otherwise: p.dataset === DATASET
        ? syntheticFlowers({ size: p.size, count: p.count, seed: p.seed })
        : undefined,
    }),
    augment: jitter({ load: Math.round(p.size * 286 / 256), crop: p.size, mirror: true }),
    // Five halvings bring 64x64 to 2x2.
    generator: unet({ filters: [1, 2, 4, 8, 8].map((times) => times * p.width), dropout: 2 }),
    discriminator: patchGan({ receptiveField: 34, filters: p.width }),
    losses: { gan: gan(), l1: l1({ weight: p.lambda }) },
    optimizer: adam({ rate: p.rate }),
    callbacks: [progress(), samples({ count: 5 }), health(), every(25, checkpoint())],
  }),
);
