/** Pictures one after the other, as animated WebP. */
import type { Picture } from "../interfaces/pictures.ts";
import { pipelineOf, sharp } from "./sharp.ts";
import { viewablePicture } from "./viewable.ts";

/** How an animation plays. */
export interface AnimationOptions {
  /** How long each picture is shown. @default 400 */
  readonly milliseconds?: number;
  /** 0…100. @default 80 */
  readonly quality?: number;
}

/** How many times as long the last picture is shown: it is the result. */
const LAST = 4;

/**
 * Encodes pictures of one size as an animated WebP file, which plays without end and rests on the
 * last one.
 *
 * @throws {RangeError} When there are no pictures, or they differ in size.
 *
 * @example
 * ```ts
 * import { encodeAnimation } from "./animation.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const grey = (value: number) => ({
 *   data: new Uint8Array(16 * 16).fill(value),
 *   width: 16,
 *   height: 16,
 *   channels: 1,
 * });
 * const file = await encodeAnimation([grey(0), grey(255)]);
 * assertEquals(new TextDecoder().decode(file.subarray(8, 12)), "WEBP");
 * ```
 */
export async function encodeAnimation(
  pictures: readonly Picture[],
  { milliseconds = 400, quality = 80 }: AnimationOptions = {},
): Promise<Uint8Array> {
  const [first] = pictures;
  if (first === undefined) throw new RangeError("Cannot animate: there are no pictures");
  if (pictures.some(({ width, height }) => width !== first.width || height !== first.height)) {
    throw new RangeError("Cannot animate pictures of different sizes. Resize them to one size");
  }
  const delay = pictures.map((_, index) =>
    index === pictures.length - 1 ? LAST * milliseconds : milliseconds
  );
  const encode = (picture: Picture): Promise<Uint8Array> =>
    pipelineOf(viewablePicture(picture)).png({ compressionLevel: 0 }).toBuffer();
  if (pictures.length === 1) {
    return await pipelineOf(viewablePicture(first)).webp({ quality }).toBuffer();
  }
  const frames = await Promise.all(pictures.map(encode));
  return await sharp(frames, { join: { animated: true } }).webp({ quality, delay, loop: 0 })
    .toBuffer();
}
