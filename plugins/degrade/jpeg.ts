import {
  checkRange,
  decodePicture,
  type Degradation,
  drawWhole,
  encodePicture,
  PairlabError,
  type Picture,
  type Range,
} from "../../core/plugin.ts";

/** How strongly {@link jpeg} compresses. */
export interface JpegOptions {
  /** Whole, 1…100; the lower, the more blocks and rings are seen. @default [20, 60] */
  readonly quality?: Range;
}

/**
 * Compresses as JPEG and decodes again: blocks of 8x8 pixels, rings at edges, coarse colours. What it
 * gives has no more than 8 bits.
 *
 * @throws {PairlabError} For a quality outside 1…100, at once; later for a picture of other than one
 * or three channels.
 *
 * @example
 * ```ts
 * import { jpeg } from "./jpeg.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const flat = { data: new Uint8Array(192).fill(90), width: 8, height: 8, channels: 3 };
 * const { picture, parameters } = await jpeg({ quality: 50 }).apply(flat, randomStream(23));
 * assertEquals(picture, flat);
 * assertEquals(parameters, { quality: 50 });
 * ```
 */
export function jpeg({ quality = [20, 60] }: JpegOptions = {}): Degradation {
  checkRange(quality, {
    name: "quality",
    least: 1,
    most: 100,
    whole: true,
    example: "whole numbers from 1 to 100, e.g. [20, 60]",
  });
  return {
    name: "jpeg",
    async apply(picture, random) {
      const { channels } = picture;
      if (channels !== 1 && channels !== 3) {
        throw new PairlabError(
          `Cannot compress ${channels} channels as JPEG. Use a picture of 1 or 3.`,
        );
      }
      const drawn = drawWhole(quality, random);
      const bytes = await encodePicture(picture, ".jpg", { quality: drawn });
      const decoded = await decodePicture(bytes, { channels });
      return {
        picture: { ...picture, data: likeBefore(picture, decoded.data) },
        parameters: { quality: drawn },
      };
    },
  };
}

/** 8 bits as the pixels were before. */
function likeBefore({ data }: Picture, bytes: Uint8Array): Picture["data"] {
  if (data instanceof Uint16Array) return Uint16Array.from(bytes, (value) => value * 257);
  return data instanceof Float32Array ? Float32Array.from(bytes) : bytes;
}
