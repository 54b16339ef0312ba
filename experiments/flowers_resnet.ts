/** `flowers_deblur` with CycleGAN's generator: what is not named here is as it is there. */
import { resnet, vary } from "../mod.ts";
import deblur from "./flowers_deblur.ts";

export default vary(deblur, { generator: resnet({ blocks: 9 }) });
