/**
 * Pictures of 512x512 in the manner of pix2pixHD: a coarse generator inside a fine one, and several
 * discriminators, each of which sees the picture smaller.
 *
 * Each number is that of Wang et al. 2018 (arXiv 1711.11585v2), its place beside it. Left out are
 * instance maps, the perceptual loss, which needs a trained VGG, and the training of G1 by itself
 * before the rest.
 *
 * Steps of 512x512 took 9.3 GB of memory, compiled; `--size=256` makes do with less.
 */
import {
  adam,
  checkpoint,
  every,
  experiment,
  featureMatching,
  folderPairs,
  health,
  instanceNorm,
  jitter,
  leastSquares,
  linearDecay,
  multiScale,
  patchGan,
  pix2pixHd,
  progress,
  samples,
  syntheticFlowers,
} from "../mod.ts";

/** Where pictures are looked for unless `--dataset` names another folder. */
const DATASET = "dataset";

export default experiment(
  // Section 4: 200 epochs, one pair at a time, Adam at 2e-4; section 3.2: lambda.
  { dataset: DATASET, size: 512, epochs: 200, rate: 2e-4, lambda: 10, width: 64, blocks: 9 },
  (p) => ({
    data: folderPairs({
      root: p.dataset,
      seed: p.seed,
      otherwise: p.dataset === DATASET
        ? syntheticFlowers({ size: p.size, seed: p.seed })
        : undefined,
    }),
    augment: jitter({ load: Math.round(p.size * 286 / 256), crop: p.size, mirror: true }),
    // Appendix: G1 is c7s1-64, d128, …, d1024, nine R1024, u512, …; G2 around it begins with 32.
    generator: pix2pixHd({ enhancers: 1, filters: p.width / 2, blocks: p.blocks }),
    // Section 3.2: three discriminators C64-C128-C256-C512, on the whole, a half and a quarter.
    discriminator: multiScale({
      scales: 3,
      discriminator: patchGan({
        receptiveField: 70,
        filters: p.width,
        features: true,
        norm: instanceNorm(),
      }),
    }),
    losses: {
      // Section 4: the objective of LSGAN, for more stable training.
      gan: leastSquares(),
      // Equations 4 and 5.
      features: featureMatching({ weight: p.lambda }),
    },
    // Section 4: the rate stays for half of the epochs and falls to 0 in the rest.
    optimizer: adam({ rate: linearDecay({ rate: p.rate }), beta1: 0.5, beta2: 0.999 }),
    callbacks: [progress(), samples({ count: 5 }), health(), every(25, checkpoint())],
  }),
);
