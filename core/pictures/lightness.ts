/** Pictures without their colours. */
import type { Picture } from "../interfaces/pictures.ts";

/** How much light sRGB's red, green and blue give (Y of CIE XYZ, as `rgbToLab` has it). */
const LUMINANCE = [0.212671, 0.71516, 0.072169] as const;

/**
 * The grey picture of the same lightness: L* of CIE L*a*b* stays, a* and b* become 0.
 *
 * @returns Floats in 0…255, with as many (equal) channels as the picture; a picture of fewer than
 * three channels has no colours and keeps its values.
 *
 * @example
 * ```ts
 * import { lightnessPicture } from "./lightness.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const red = { data: new Uint8Array([255, 0, 0]), width: 1, height: 1, channels: 3 };
 * assertEquals(lightnessPicture(red).data.map(Math.round), new Float32Array([127, 127, 127]));
 * ```
 */
export function lightnessPicture(
  { data, width, height, channels }: Picture,
): Picture & { readonly data: Float32Array } {
  const most = data instanceof Uint16Array ? 65535 : 255;
  const grey = new Float32Array(data.length);
  if (channels < 3) {
    for (let i = 0; i < grey.length; i++) grey[i] = data[i]! / most * 255;
    return { data: grey, width, height, channels };
  }
  for (let at = 0; at < grey.length; at += channels) {
    let light = 0;
    for (const [i, weight] of LUMINANCE.entries()) light += weight * linear(data[at + i]! / most);
    grey.fill(255 * nonLinear(light), at, at + channels);
  }
  return { data: grey, width, height, channels };
}

/** The light behind a value of sRGB, both in 0…1 (IEC 61966-2-1). */
function linear(value: number): number {
  return value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92;
}

/** The value of sRGB for light, both in 0…1. */
function nonLinear(light: number): number {
  return light > 0.0031308 ? 1.055 * light ** (1 / 2.4) - 0.055 : 12.92 * light;
}
