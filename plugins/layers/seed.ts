import { deriveKey } from "../../core/plugin.ts";

/**
 * The seed of one layer, below 2^31: it depends on the network's seed and the layer's name alone,
 * so that a layer that is added to a network changes no other layer's weights or noise.
 *
 * @param seed The network's seed.
 * @param layerName Unique within the network.
 *
 * @example
 * ```ts
 * import { layerSeed } from "./seed.ts";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * assertEquals(layerSeed(23, "down1_convolution"), layerSeed(23, "down1_convolution"));
 * assertNotEquals(layerSeed(23, "down1_convolution"), layerSeed(23, "down2_convolution"));
 * ```
 */
export function layerSeed(seed: number, layerName: string): number {
  return deriveKey(seed, [layerName])[0] >>> 1;
}
