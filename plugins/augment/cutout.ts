import {
  type Augment,
  checkRange,
  drawWhole,
  PairlabError,
  type Picture,
  type Range,
} from "../../core/plugin.ts";

/** What {@link cutout} hides. */
export interface CutoutOptions {
  /** Sides of the hidden squares, pixels, whole. @default [16, 64] */
  readonly size?: Range;
  /** How many of them. @default 1 */
  readonly count?: number;
  /** What they become, 0…255. @default 127.5, 0 for the networks */
  readonly level?: number;
  /** Which pictures they are hidden in: in the input alone, G learns to fill them. @default "both" */
  readonly on?: "both" | "input";
}

/** A hidden part; it may reach beyond the picture. */
interface Hidden {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/**
 * Hides random squares (DeVries and Taylor, 2017), the same ones in both pictures of a pair; a
 * square's middle may lie anywhere, so that some are cut off by the edge.
 *
 * @throws {PairlabError} For invalid options, at once.
 *
 * @example
 * ```ts
 * import { cutout } from "./cutout.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const picture = { data: new Uint8Array(32 * 32), width: 32, height: 32, channels: 1 };
 * const pair = { name: "black", input: picture, target: picture };
 * const { input, target } = await cutout({ size: 8, on: "input" })(pair, randomStream(23));
 * assert(input.data.some((value) => value === 128));
 * assertEquals(target, picture);
 * ```
 */
export function cutout(
  { size = [16, 64], count = 1, level = 127.5, on = "both" }: CutoutOptions = {},
): Augment {
  checkRange(size, {
    name: "cutout size",
    least: 1,
    most: 65535,
    whole: true,
    example: "whole numbers from 1 on, e.g. [16, 64]",
  });
  if (!(Number.isInteger(count) && count >= 0 && level >= 0 && level <= 255)) {
    throw new PairlabError(
      `Cannot hide ${count} squares by ${level}. Use a whole number of them and a level from 0 to 255.`,
    );
  }
  return function hideParts({ name, input, target }, random) {
    const parts = Array.from({ length: count }, (): Hidden => {
      const side = drawWhole(size, random);
      const left = random.integer(input.width) - Math.floor(side / 2);
      return { left, top: random.integer(input.height) - Math.floor(side / 2), side };
    });
    const shown = on === "both" ? hide(target, parts, level) : target;
    return { name, input: hide(input, parts, level), target: shown };
  };
}

function hide(picture: Picture, parts: readonly Hidden[], level: number): Picture {
  const { width, height, channels } = picture;
  const data = picture.data.slice();
  const scaled = data instanceof Uint16Array ? level * 257 : level;
  const value = data instanceof Float32Array ? scaled : Math.round(scaled);
  for (const { left, top, side } of parts) {
    const from = Math.max(0, left), to = Math.min(width, left + side);
    for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
      data.fill(value, (y * width + from) * channels, (y * width + to) * channels);
    }
  }
  return { ...picture, data };
}
