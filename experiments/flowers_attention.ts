/** `flowers_deblur` by the Attention U-Net: everything else is the same. */
import { attentionUnet, vary } from "../mod.ts";
import deblur from "./flowers_deblur.ts";

export default vary(deblur, {
  // Dropout is the noise; the authors, who segment, have none.
  generator: attentionUnet({ filters: [32, 64, 128, 256, 512], dropoutRate: 0.5 }),
});
