import { type Degradation, lightnessPicture } from "../../core/plugin.ts";

/**
 * Takes a picture's colours away and keeps its lightness, L* of CIE L*a*b*: the inputs of the
 * paper's colourisation (section 4.2).
 *
 * The grey picture has as many channels, in floats, so that its lightness is exactly that of the
 * picture. It draws nothing.
 *
 * @example
 * ```ts
 * import { greyscale } from "./greyscale.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const blue = { data: new Uint8Array([0, 0, 255]), width: 1, height: 1, channels: 3 };
 * const { picture } = await greyscale().apply(blue, randomStream(23));
 * assertEquals([...picture.data].map(Math.round), [76, 76, 76]);
 * ```
 */
export function greyscale(): Degradation {
  return {
    name: "greyscale",
    apply: (picture) => ({ picture: lightnessPicture(picture), parameters: {} }),
  };
}
