/** Sizes and shapes of pictures: compared, and in words. */
import { PairlabError } from "../base/errors.ts";
import type { ImageShape, Pair } from "../interfaces/pictures.ts";

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** True if both have the same height and width. */
export function hasSize(a: Size, b: Size): boolean {
  return a.height === b.height && a.width === b.width;
}

/** True if both have the same height, width and channels. */
export function hasShape(a: ImageShape, b: ImageShape): boolean {
  return hasSize(a, b) && a.channels === b.channels;
}

/** A shape in words, width first as people say it: `256x256, 3 channels`. */
export function describeShape({ height, width, channels }: ImageShape): string {
  return `${width}x${height}, ${channels} channel${channels === 1 ? "" : "s"}`;
}

/** A size in words: `400x300`. */
export function describeSize({ width, height }: Size): string {
  return `${width}x${height}`;
}

/**
 * Checks that both pictures of a pair have the same size, as whatever crops or turns them alike needs.
 *
 * @param action What cannot be done otherwise, e.g. `rotate`.
 * @throws {PairlabError} If their sizes differ.
 *
 * @example
 * ```ts
 * import { checkOneSize } from "./shape.ts";
 * import { assertThrows } from "@std/assert";
 *
 * const input = { data: new Uint8Array(2), width: 2, height: 1, channels: 1 };
 * const pair = { name: "rose", input, target: { ...input, width: 1, height: 2 } };
 * assertThrows(() => checkOneSize(pair, "crop"), Error, "its input is 2x1 and its target 1x2");
 * ```
 */
export function checkOneSize({ name, input, target }: Pair, action: string): void {
  if (hasSize(input, target)) return;
  throw new PairlabError(
    `Cannot ${action} the pair "${name}": its input is ${describeSize(input)} and its target ` +
      `${describeSize(target)}. Use two pictures of the same size.`,
  );
}

/**
 * Why a value is no picture, for what plug-ins return; undefined for a picture.
 *
 * @example
 * ```ts
 * import { whyNoPicture } from "./shape.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const short = { data: new Uint8Array(3), width: 2, height: 1, channels: 3 };
 * assertEquals(whyNoPicture(short), "its data has 3 levels, not 6");
 * ```
 */
export function whyNoPicture(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return `it is ${String(value)}, not a picture`;
  const { data, width, height, channels } = value as { readonly [key: string]: unknown };
  for (const [key, extent] of Object.entries({ width, height, channels })) {
    if (!(Number.isInteger(extent) && Number(extent) > 0)) {
      return `its ${key} is ${String(extent)}, not a whole number from 1`;
    }
  }
  if (
    !(data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Float32Array)
  ) return "its data is no Uint8Array, Uint16Array or Float32Array";
  const levels = Number(width) * Number(height) * Number(channels);
  // Data too short would be NaN, data too long would be sheared.
  return data.length === levels ? undefined : `its data has ${data.length} levels, not ${levels}`;
}
