import { deriveKey } from "../../core/plugin.ts";

/**
 * The seed of a layer, below 2^31. It depends only on the network's seed and the layer's name, so
 * adding a layer to a network changes no other layer's weights or noise.
 *
 * @param seed The network's seed.
 * @param layerName Name, unique within the network.
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
