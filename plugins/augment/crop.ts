import {
  type Augment,
  checkOneSize,
  cropPicture,
  PairlabError,
  type Size,
} from "../../core/plugin.ts";

/** What {@link crop} cuts out. */
export interface CropOptions {
  /** Height and width, pixels; one number is a square's. @default 256 */
  readonly size?: number | Size;
}

/**
 * Cuts the same random part out of both pictures of a pair, at their own scale: for pictures larger
 * than the networks. Every place is as likely.
 *
 * @throws {PairlabError} For an invalid size, at once; later for a pair whose pictures differ in
 * size, or are smaller.
 *
 * @example
 * ```ts
 * import { crop } from "./crop.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { data: new Uint8Array(500 * 333 * 3), width: 500, height: 333, channels: 3 };
 * const pair = { name: "black", input: picture, target: picture };
 * const { input } = await crop({ size: { width: 256, height: 128 } })(pair, randomStream(23));
 * assertEquals([input.width, input.height], [256, 128]);
 * ```
 */
export function crop({ size = 256 }: CropOptions = {}): Augment {
  const { width, height } = typeof size === "number" ? { width: size, height: size } : size;
  if (![width, height].every((n) => Number.isInteger(n) && n > 0)) {
    throw new PairlabError(
      `Cannot cut out ${width}x${height}. Use whole numbers from 1.`,
    );
  }
  return function cropPair(pair, random) {
    const { name, input, target } = pair;
    const fail = (reason: string): PairlabError =>
      new PairlabError(`Cannot cut ${width}x${height} out of the pair "${name}": ${reason}`);
    checkOneSize(pair, "crop");
    if (input.width < width || input.height < height) {
      throw fail(
        `its pictures are ${input.width}x${input.height}. Use larger ones, or jitter.`,
      );
    }
    const left = random.integer(input.width - width + 1);
    const top = random.integer(input.height - height + 1);
    const rectangle = { left, top, width, height };
    return { name, input: cropPicture(input, rectangle), target: cropPicture(target, rectangle) };
  };
}
