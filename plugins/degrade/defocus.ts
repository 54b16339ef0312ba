import {
  checkRange,
  defocusPicture,
  type Degradation,
  drawFrom,
  type Range,
} from "../../core/plugin.ts";

/** How far out of focus {@link defocus} is. */
export interface DefocusOptions {
  /** Of the disk that a pixel becomes, from its middle, pixels. @default [2, 8] */
  readonly radius?: Range;
}

/**
 * Blurs as a lens does that is out of focus: every point becomes a disk.
 *
 * @throws {PairlabError} For an invalid radius, at once.
 *
 * @example
 * ```ts
 * import { defocus } from "./defocus.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const dot = { data: new Uint8Array([0, 0, 50, 0, 0]), width: 5, height: 1, channels: 1 };
 * const { picture } = await defocus({ radius: 1 }).apply(dot, randomStream(23));
 * assertEquals(picture.data, new Uint8Array([0, 10, 30, 10, 0]));
 * ```
 */
export function defocus({ radius = [2, 8] }: DefocusOptions = {}): Degradation {
  checkRange(radius, { name: "radius", least: 0, most: 1000, example: "0 or more, e.g. [2, 8]" });
  return {
    name: "defocus",
    apply(picture, random) {
      const drawn = drawFrom(radius, random);
      return { picture: defocusPicture(picture, drawn), parameters: { radius: drawn } };
    },
  };
}
