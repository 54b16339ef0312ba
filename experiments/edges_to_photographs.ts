/**
 * The paper's edges to photographs, learned from a folder of photographs whose edges are drawn on
 * the fly.
 *
 * The paper's edges come from a network (HED, section 6.2); these are Canny's.
 */
import {
  adam,
  checkpoint,
  compose,
  crop,
  degraded,
  edgeDrawing,
  every,
  experiment,
  gan,
  health,
  l1,
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
  // Section 6.2, edges to shoes: 4 pairs at a time; 15 epochs there, of 50,000 photographs.
  { dataset: DATASET, epochs: 100, batch: 4, detail: 1.4, rate: 2e-4, lambda: 100 },
  (p) => {
    // Section 6.2: random jitter from 286x286 to 256x256. Cut, not resized, so that lines stay thin.
    const load = Math.round(p.size * 286 / 256);
    return {
      data: degraded({
        source: p.dataset,
        size: load,
        fit: "cover",
        degrade: [edgeDrawing({ sigma: p.detail })],
        seed: p.seed,
        otherwise: p.dataset === DATASET
          ? syntheticFlowers({ size: load, seed: p.seed })
          : undefined,
      }),
      augment: compose(crop({ size: p.size }), mirror()),
      // Test pictures are cropped at the centre, at the same scale.
      fit: "crop",
      generator: unet({ dropout: 3 }),
      discriminator: patchGan({ receptiveField: 70 }),
      losses: { gan: gan({ discriminatorWeight: 0.5 }), l1: l1({ weight: p.lambda }) },
      optimizer: adam({ rate: p.rate, beta1: 0.5, beta2: 0.999 }),
      callbacks: [progress(), samples({ count: 5 }), health(), every(25, checkpoint())],
    };
  },
);
