/** Generators besides the paper's U-Net, trained alike; NAFNet also as its authors train it. */
import {
  ablation,
  adamW,
  attentionUnet,
  charbonnier,
  cosine,
  l1,
  nafnet,
  resnet,
} from "../../mod.ts";
import flowers, { METRICS, NIGHT, PAPER, QUICK } from "./base/flowers.ts";

/** A NAFNet of as many channels at each size as fit the width of the others. */
function narrowNafnet({ width }: { readonly width: number }): ReturnType<typeof nafnet> {
  return nafnet({ filters: width / 4, encoder: [1, 1, 1, 6], middle: 1, decoder: [1, 1, 1, 1] });
}

export default ablation({
  title: "Architectures of the generator",
  experiment: flowers,
  variants: {
    "U-Net": {},
    "U-Net (L1)": (p) => ({ losses: { l1: l1({ weight: p.lambda }) }, discriminator: undefined }),
    // As many blocks as CycleGAN has for this size.
    "ResNet": (p) => ({ generator: resnet({ filters: p.width, blocks: p.size < 256 ? 6 : 9 }) }),
    "Attention U-Net": (p) => ({
      generator: attentionUnet({
        filters: [1, 2, 4, 8, 16].map((times) => times * p.width / 2),
        dropoutRate: 0.5,
      }),
    }),
    "NAFNet": (p) => ({ generator: narrowNafnet(p) }),
    "NAFNet (its own)": (p) => ({
      generator: narrowNafnet(p),
      discriminator: undefined,
      losses: { charbonnier: charbonnier({ weight: p.lambda }) },
      optimizer: adamW({
        rate: cosine({ rate: 1e-3, to: 1e-7 }),
        beta1: 0.9,
        beta2: 0.9,
        weightDecay: 0,
      }),
    }),
  },
  reference: "U-Net",
  seeds: [1, 2, 3],
  scale: { quick: QUICK, night: NIGHT, paper: PAPER },
  metrics: METRICS,
});
