/**
 * The paper's labels to facades, from files that hold a photograph and its labels side by side.
 *
 * The pictures are the CMP facades as they come with pix2pix: `dataset/facades` with `train`, and
 * `test` or `val`, in it. Each number is the paper's (arXiv 1611.07004v3), its place beside it.
 *
 * `--size` is the height; `--aspect=2` makes pictures twice as wide.
 */
import {
  adam,
  checkpoint,
  every,
  experiment,
  gan,
  health,
  jitter,
  l1,
  patchGan,
  progress,
  samples,
  sideBySide,
  unet,
} from "../mod.ts";

export default experiment(
  // Section 6.2: 400 photographs, 200 epochs, one pair at a time.
  { dataset: "dataset/facades", epochs: 200, batch: 1, aspect: 1, rate: 2e-4, lambda: 100 },
  (p) => {
    const size = { height: p.size, width: Math.round(p.size * p.aspect) };
    const load = (extent: number): number => Math.round(extent * 286 / 256);
    return {
      shape: size,
      // The photograph lies on the left (A), the labels on the right (B).
      data: sideBySide({ root: p.dataset, direction: "BtoA", seed: p.seed }),
      // Section 6.2: random jitter and mirroring.
      augment: jitter({
        load: { width: load(size.width), height: load(size.height) },
        crop: size,
        mirror: true,
      }),
      // Section 6.1.1: C64-C128-C256-C512-C512-C512-C512-C512 for 256x256.
      generator: unet({ dropout: 3 }),
      // Section 6.1.2
      discriminator: patchGan({ receptiveField: 70 }),
      // Equation 4; D's objective is halved (section 3.3).
      losses: { gan: gan({ discriminatorWeight: 0.5 }), l1: l1({ weight: p.lambda }) },
      // Section 3.3
      order: "alternate",
      optimizer: adam({ rate: p.rate, beta1: 0.5, beta2: 0.999 }),
      callbacks: [progress(), samples({ count: 5 }), health(), every(25, checkpoint())],
    };
  },
);
