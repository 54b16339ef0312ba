/**
 * The paper's pix2pix, from blurred photographs of flowers to sharp ones.
 *
 * Each number is the paper's (arXiv 1611.07004v3), with its place in the paper beside it.
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

export default experiment({ dataset: DATASET, rate: 2e-4, lambda: 100 }, (p) => ({
  data: folderPairs({
    root: p.dataset,
    seed: p.seed,
    otherwise: p.dataset === DATASET ? syntheticFlowers({ size: p.size, seed: p.seed }) : undefined,
  }),
  // Section 6.2: resized to 286x286, cut back to 256x256 at random, mirrored at random.
  augment: jitter({ load: Math.round(p.size * 286 / 256), crop: p.size, mirror: true }),
  // Section 6.1.1: C64-C128-C256-C512-C512-C512-C512-C512 and back, with skips; noise as dropout.
  generator: unet({ filters: [64, 128, 256, 512, 512, 512, 512, 512], dropout: 3 }),
  // Section 6.1.2: C64-C128-C256-C512, each logit judges 70x70 pixels.
  discriminator: patchGan({ receptiveField: 70 }),
  // Equation 4; D's objective is halved (section 3.3).
  losses: { gan: gan({ discriminatorWeight: 0.5 }), l1: l1({ weight: p.lambda }) },
  // Section 3.3: one step on D, then one on G, both with Adam.
  order: "alternate",
  optimizer: adam({ rate: p.rate, beta1: 0.5, beta2: 0.999 }),
  callbacks: [progress(), samples({ count: 5 }), health(), every(25, checkpoint())],
}));
