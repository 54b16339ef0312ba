/** `flowers_deblur` by the Attention U-Net: what is not named here is as it is there. */
import { attentionUnet, vary } from "../mod.ts";
import deblur from "./flowers_deblur.ts";

export default vary(deblur, {
  // Dropout is the noise; the authors, who segment, have none.
  generator: attentionUnet({ filters: [32, 64, 128, 256, 512], dropoutRate: 0.5 }),
});
