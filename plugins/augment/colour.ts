import {
  type Augment,
  checkRange,
  drawFrom,
  greyPicture,
  type Picture,
  type Range,
} from "../../core/plugin.ts";

/** How far {@link colour} changes pictures; 1 changes nothing. */
export interface ColourOptions {
  /** Factor of every level. @default [0.8, 1.2] */
  readonly brightness?: Range;
  /** Factor of the distance from the picture's mean brightness. @default [0.8, 1.2] */
  readonly contrast?: Range;
  /**
   * Factor of the distance from the pixel's own grey, in pictures of three channels.
   * @default [0.8, 1.2]
   */
  readonly saturation?: Range;
  /** Which pictures are changed; one that shows no photograph had better not be. @default "both" */
  readonly on?: "both" | "input" | "target";
}

/** The numbers of one pair. */
interface Factors {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
}

/**
 * Changes brightness, then contrast, then saturation by random factors, the same ones for both
 * pictures of a pair. Levels beyond black and white are clipped.
 *
 * @throws {PairlabError} For invalid factors, at once.
 *
 * @example
 * ```ts
 * import { colour } from "./colour.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { data: new Uint8Array([40, 60]), width: 2, height: 1, channels: 1 };
 * const pair = { name: "grey", input: picture, target: picture };
 * const augment = colour({ brightness: 2, contrast: 0.5, on: "input" });
 * const { input, target } = await augment(pair, randomStream(23));
 * assertEquals(input.data, new Uint8Array([90, 110]));
 * assertEquals(target, picture);
 * ```
 */
export function colour(
  {
    brightness = [0.8, 1.2],
    contrast = [0.8, 1.2],
    saturation = [0.8, 1.2],
    on = "both",
  }: ColourOptions = {},
): Augment {
  for (const [name, range] of Object.entries({ brightness, contrast, saturation })) {
    checkRange(range, { name, least: 0, most: 100, example: "a factor, e.g. [0.8, 1.2]" });
  }
  return function colourPair({ name, input, target }, random) {
    const factors = {
      brightness: drawFrom(brightness, random),
      contrast: drawFrom(contrast, random),
      saturation: drawFrom(saturation, random),
    };
    return {
      name,
      input: on === "target" ? input : recolour(input, factors),
      target: on === "input" ? target : recolour(target, factors),
    };
  };
}

function recolour(picture: Picture, { brightness, contrast, saturation }: Factors): Picture {
  const { channels } = picture;
  const data = picture.data.slice();
  const grey = greyPicture(picture).data;
  const deep = data instanceof Uint16Array;
  const most = deep ? 65535 : 255, round = data instanceof Float32Array ? 0 : 0.5;
  const scale = brightness * most / 255;
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length * scale;
  const saturated = channels === 3 ? saturation : 1;
  for (let i = 0; i < data.length; i++) {
    const pixel = grey[Math.floor(i / channels)]! * scale; // one grey for each pixel
    // Contrast and saturation are linear, so that a pixel's grey changes by contrast as its colours.
    const coloured = pixel + (data[i]! * brightness - pixel) * saturated;
    data[i] = Math.min(most, Math.max(0, mean + (coloured - mean) * contrast)) + round;
  }
  return { ...picture, data };
}
