import {
  blurPicture,
  checkRange,
  type Degradation,
  drawFrom,
  type Range,
} from "../../core/plugin.ts";

/** How strong {@link gaussianBlur} blurs. */
export interface GaussianBlurOptions {
  /** Standard deviation, pixels. @default [1, 4] */
  readonly sigma?: Range;
}

/**
 * Blurs by a Gaussian, as a rough model of any loss of detail.
 *
 * @throws {PairlabError} For an invalid sigma, at once.
 *
 * @example
 * ```ts
 * import { gaussianBlur } from "./gaussian_blur.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const dot = { data: new Uint8Array([0, 0, 100, 0, 0]), width: 5, height: 1, channels: 1 };
 * const { picture, parameters } = await gaussianBlur({ sigma: 0.5 }).apply(dot, randomStream(23));
 * assertEquals(picture.data, new Uint8Array([0, 11, 79, 11, 0]));
 * assertEquals(parameters, { sigma: 0.5 });
 * ```
 */
export function gaussianBlur({ sigma = [1, 4] }: GaussianBlurOptions = {}): Degradation {
  checkRange(sigma, { name: "sigma", least: 0, most: 1000, example: "0 or more, e.g. [1, 4]" });
  return {
    name: "gaussianBlur",
    apply(picture, random) {
      const drawn = drawFrom(sigma, random);
      return { picture: blurPicture(picture, drawn), parameters: { sigma: drawn } };
    },
  };
}
