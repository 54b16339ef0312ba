/**
 * `flowers_deblur` by NAFNet, trained as its authors do: a fidelity loss alone, AdamW and a cosine.
 *
 * The network has the form of their smaller one, at half its width, so that two cores can train it.
 */
import { adamW, charbonnier, cosine, nafnet, vary } from "../mod.ts";
import deblur from "./flowers_deblur.ts";

export default vary(deblur, (p) => ({
  generator: nafnet({ filters: 16, encoder: [1, 1, 1, 6], middle: 1, decoder: [1, 1, 1, 1] }),
  discriminator: undefined,
  // The authors maximise PSNR; Charbonnier's loss is steadier on few pictures.
  losses: { charbonnier: charbonnier({ weight: p.lambda }) },
  // Section 5: AdamW with betas 0.9 and 0.9, no weight decay, from 1e-3 to 1e-7.
  optimizer: adamW({
    rate: cosine({ rate: 5 * p.rate, to: 1e-7 }),
    beta1: 0.9,
    beta2: 0.9,
    weightDecay: 0,
  }),
}));
