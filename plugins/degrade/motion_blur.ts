import {
  checkRange,
  convolvePicture,
  type Degradation,
  drawFrom,
  type Range,
  type Tap,
} from "../../core/plugin.ts";

/** How {@link motionBlur} moves the camera. */
export interface MotionBlurOptions {
  /** How far it moves while the shutter is open, pixels. @default [5, 25] */
  readonly length?: Range;
  /** In which direction, degrees: 0 is along the rows, 90 along the columns. @default [0, 180] */
  readonly angle?: Range;
}

/** Points for each pixel of the way. */
const DENSITY = 8;

/**
 * Blurs as a camera does that moves evenly along a line while the shutter is open.
 *
 * @throws {PairlabError} For an invalid length, at once.
 *
 * @example
 * ```ts
 * import { motionBlur } from "./motion_blur.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const dot = { data: new Uint8Array([0, 0, 0, 90, 0, 0, 0]), width: 7, height: 1, channels: 1 };
 * const { picture } = await motionBlur({ length: 3, angle: 0 }).apply(dot, randomStream(23));
 * // From the middle of the way 1.5 pixels to either side: an eighth of each outer pixel's light
 * // reaches the next.
 * assertEquals(picture.data, new Uint8Array([0, 4, 26, 30, 26, 4, 0]));
 * ```
 */
export function motionBlur(
  { length = [5, 25], angle = [0, 180] }: MotionBlurOptions = {},
): Degradation {
  checkRange(length, { name: "length", least: 0, most: 1000, example: "0 or more, e.g. [5, 25]" });
  checkRange(angle, { name: "angle", example: "degrees, e.g. [0, 180]" });
  return {
    name: "motionBlur",
    apply(picture, random) {
      const parameters = { length: drawFrom(length, random), angle: drawFrom(angle, random) };
      return { picture: convolvePicture(picture, lineOf(parameters)), parameters };
    },
  };
}

/** A line through the middle as the pixels that it passes, each by how much of it. */
function lineOf({ length, angle }: { readonly length: number; readonly angle: number }): Tap[] {
  const across = Math.cos(angle * Math.PI / 180), down = Math.sin(angle * Math.PI / 180);
  const points = Math.max(1, Math.ceil(length * DENSITY));
  const taps = new Map<string, Tap>();
  for (let i = 0; i < points; i++) {
    const along = length * ((i + 0.5) / points - 0.5);
    const x = along * across, y = along * down;
    // A point between pixels is shared by the four around it.
    for (const row of [Math.floor(y), Math.floor(y) + 1]) {
      for (const column of [Math.floor(x), Math.floor(x) + 1]) {
        const share = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row)) / points;
        if (share < 1e-9) continue;
        const key = `${column} ${row}`;
        const weight = (taps.get(key)?.weight ?? 0) + share;
        taps.set(key, { x: column, y: row, weight });
      }
    }
  }
  return [...taps.values()];
}
