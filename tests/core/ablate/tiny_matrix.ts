/** A matrix for tests of whole sweeps: seconds on any engine, no files read. */
import { ablation } from "../../../core/ablate/ablation.ts";
import { experiment } from "../../../core/experiment/experiment.ts";
import { l1 } from "../../../plugins/losses/l1.ts";
import { mae } from "../../../plugins/metrics/mae.ts";
import { psnr } from "../../../plugins/metrics/psnr.ts";
import { tinyWiring } from "../train/tiny.ts";

export default ablation({
  title: "Tiny losses",
  experiment: experiment(
    { epochs: 2, size: 32, lambda: 100 },
    (p) => tinyWiring({ losses: { l1: l1({ weight: p.lambda }) } }),
  ),
  variants: {
    "L1": (p) => ({ losses: { l1: l1({ weight: p.lambda }) }, discriminator: undefined }),
    "L1+cGAN": (_, wiring) => ({ losses: { ...tinyWiring().losses, ...wiring.losses } }),
  },
  seeds: [1, 2],
  scale: { quick: {}, long: { epochs: 15 } },
  metrics: [psnr(), mae()],
  strips: 1,
});
