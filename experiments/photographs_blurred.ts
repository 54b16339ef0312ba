/**
 * Deblurring learned from a folder of sharp photographs alone, which are blurred on the fly.
 *
 * Each epoch blurs every photograph anew; those that test are always blurred alike. What was drawn
 * for a picture is part of its name in metrics.jsonl.
 */
import {
  adam,
  checkpoint,
  compose,
  crop,
  degraded,
  every,
  experiment,
  gan,
  gaussianBlur,
  health,
  jpeg,
  l1,
  mirror,
  noise,
  patchGan,
  progress,
  samples,
  syntheticFlowers,
  unet,
} from "../mod.ts";

/** Where photographs are looked for unless `--dataset` names another folder. */
const DATASET = "dataset/photographs";

export default experiment({ dataset: DATASET, blur: 4, rate: 2e-4, lambda: 100 }, (p) => {
  // A little larger than the networks, so that there is something to cut from.
  const load = Math.round(p.size * 286 / 256);
  return {
    data: degraded({
      source: p.dataset,
      // Radii are in pixels of the networks, since photographs are brought to this size before.
      size: load,
      fit: "cover",
      degrade: [
        gaussianBlur({ sigma: [1, p.blur] }),
        noise({ deviation: [0, 8] }),
        jpeg({ quality: [40, 95] }),
      ],
      seed: p.seed,
      otherwise: p.dataset === DATASET ? syntheticFlowers({ size: load, seed: p.seed }) : undefined,
    }),
    augment: compose(crop({ size: p.size }), mirror()),
    // Those that test are cut from their middles, at the same scale.
    fit: "crop",
    generator: unet({ filters: [64, 128, 256, 512, 512, 512, 512, 512], dropout: 3 }),
    discriminator: patchGan({ receptiveField: 70 }),
    losses: { gan: gan({ discriminatorWeight: 0.5 }), l1: l1({ weight: p.lambda }) },
    optimizer: adam({ rate: p.rate, beta1: 0.5, beta2: 0.999 }),
    callbacks: [progress(), samples({ count: 5 }), health(), every(25, checkpoint())],
  };
});
