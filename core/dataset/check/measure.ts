/** Measures pictures for a check: numbers and thumbnails. */
import { greyPicture } from "../../pictures/grey.ts";
import { resizePicture } from "../../pictures/resize.ts";
import type { Pair, Picture } from "../../interfaces/pictures.ts";
import type { Grey } from "./correlate.ts";
import { HASH_SIZE, hashPicture, type PictureHash } from "./hash.ts";
import { estimateShift, type Shift, SHIFT_SIZE } from "./shift.ts";
import type { Size } from "../../pictures/shape.ts";

/** One picture, measured. */
export interface Measured extends Size {
  /** Standard deviation of its brightness, levels. */
  readonly contrast: number;
  /** Logarithm of the amount of fine detail, at a common size. */
  readonly detail: number;
  /** Mean difference of the strongest and the weakest colour, levels. */
  readonly colourfulness: number;
  readonly hash: PictureHash;
  readonly mirroredHash: PictureHash;
  /** Its brightness at 16x16. */
  readonly tiny: Grey;
}

/** Both pictures of a pair, measured. */
export interface MeasuredPair {
  readonly input: Measured;
  readonly target: Measured;
  /** How far the target is shifted from the input, pixels. */
  readonly shift: Shift | undefined;
  /** Both hold the same pixels. */
  readonly identical: boolean;
}

/** Sides of the squares to which pictures are resized for comparison. */
const TINY = 16;

/**
 * Measures a pair.
 *
 * @param single Both pictures are one, which is not compared with itself.
 */
export async function measurePair({ input, target }: Pair, single: boolean): Promise<MeasuredPair> {
  const common = await squeeze(target, SHIFT_SIZE);
  const other = await measurePicture(target, common);
  if (single) return { input: other, target: other, shift: undefined, identical: false };
  const commonInput = await squeeze(input, SHIFT_SIZE);
  const sameSize = input.width === target.width && input.height === target.height;
  return {
    input: await measurePicture(input, commonInput),
    target: other,
    shift: sameSize ? measureShift(commonInput, common, target) : undefined,
    identical: sameSize && input.data.every((value, i) => value === target.data[i]),
  };
}

async function measurePicture({ width, height }: Size, common: Picture): Promise<Measured> {
  const grey = greyPicture(common);
  const small = greyPicture(await squeeze(common, HASH_SIZE));
  return {
    width,
    height,
    contrast: contrastOf(grey),
    detail: detailOf(grey),
    colourfulness: colourfulnessOf(common),
    hash: hashPicture(small),
    mirroredHash: hashPicture(small, true),
    tiny: greyPicture(await squeeze(common, TINY)),
  };
}

async function squeeze(picture: Picture, size: number): Promise<Picture> {
  return await resizePicture(picture, { width: size, height: size }, "cubic");
}

function measureShift(input: Picture, target: Picture, size: Size): Shift | undefined {
  const shift = estimateShift(greyPicture(input), greyPicture(target));
  if (shift === undefined) return undefined;
  return { x: shift.x * size.width / SHIFT_SIZE, y: shift.y * size.height / SHIFT_SIZE };
}

function contrastOf({ data }: Grey): number {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
}

function detailOf({ data, width, height }: Grey): number {
  let sum = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x; // an inner pixel: its neighbours exist
      sum += Math.abs(
        4 * data[at]! - data[at - 1]! - data[at + 1]! - data[at - width]! - data[at + width]!,
      );
    }
  }
  return Math.log(sum / (width * height) + 0.1);
}

function colourfulnessOf({ data, channels }: Picture): number {
  let sum = 0;
  for (let i = 0; i + channels <= data.length; i += channels) {
    const pixel = data.subarray(i, i + channels);
    sum += Math.max(...pixel) - Math.min(...pixel);
  }
  return sum / (data.length / channels);
}
