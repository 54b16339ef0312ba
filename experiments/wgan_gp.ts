/**
 * `flowers_deblur` with a critic in the place of the discriminator: WGAN-GP (Gulrajani et al. 2017),
 * whose constants (algorithm 1, section 4) have their place beside them.
 */
import { adam, l1, none, patchGan, vary, wasserstein } from "../mod.ts";
import deblur from "./flowers_deblur.ts";

/** Algorithm 1: alpha 0.0001, beta1 0, beta2 0.9, for both networks. */
const RATE = 1e-4;

export default vary(
  vary(deblur, { parameters: { rate: RATE } }),
  (p) => ({
    // Section 4: no batch norm in the critic, which judges each picture separately.
    discriminator: patchGan({ receptiveField: 70, norm: none() }),
    // Section 4: lambda is 10 for the penalty; p.lambda is pix2pix', for L1.
    losses: { wasserstein: wasserstein({ penalty: 10 }), l1: l1({ weight: p.lambda }) },
    optimizer: adam({ rate: p.rate, beta1: 0, beta2: 0.9 }),
    // Algorithm 1: five updates of the critic for each of G.
    discriminatorSteps: 5,
    // Not in that paper: what G settles around predicts (Karras et al. 2018, section 6.1).
    average: { decay: 0.999 },
  }),
);
