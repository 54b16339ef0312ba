/** Pictures to another size, by the kernel that the experiment chooses. */
import type { ResizeKernel } from "../interfaces/experiment.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { enlargeCubic, resizeBilinear, resizeNearest } from "./interpolate.ts";
import { joinPlanes, planesOf } from "./planes.ts";
import { colourspaceOf, pictureOf, pipelineOf } from "./sharp.ts";
import type { Size } from "./shape.ts";

/**
 * Brings a picture to a size; the aspect ratio is not kept. A picture that has the size is returned
 * as it is.
 *
 * - `cubic`: Catmull-Rom, the kernel widened when it shrinks. The type of the pixels is kept;
 *   floats pass through 16 bits.
 * - `bilinear`: bit for bit TensorFlow's `tf.image.resize(picture, size)`: half-pixel centres, two
 *   taps in each direction whatever the scale, as unrounded floats in 0…255.
 * - `nearest`: the pixel at the centre, as TensorFlow takes it; the type of the pixels is kept.
 *
 * @throws {RangeError} If the size is not of whole, positive numbers.
 *
 * @example
 * ```ts
 * import { resizePicture } from "./resize.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const grey = { data: new Uint8Array([0, 100]), width: 2, height: 1, channels: 1 };
 * const wide = await resizePicture(grey, { width: 4, height: 1 }, "bilinear");
 * assertEquals(wide.data, new Float32Array([0, 25, 75, 100]));
 * ```
 */
export async function resizePicture(
  picture: Picture,
  size: Size,
  kernel: ResizeKernel,
): Promise<Picture> {
  const { width, height } = size;
  if (![width, height].every((n) => Number.isInteger(n) && n > 0)) {
    throw new RangeError(
      `Cannot resize a picture to ${width}x${height}. Use whole, positive numbers.`,
    );
  }
  if (picture.width === width && picture.height === height) return picture;
  if (kernel === "cubic") return await resizeCubic(picture, size);
  return kernel === "bilinear" ? resizeBilinear(picture, size) : resizeNearest(picture, size);
}

/**
 * libvips takes the last of two or four channels for transparency and mixes the others by it: such
 * pictures go through it channel by channel.
 */
async function shrinkPlanes(picture: Picture, size: Size): Promise<Picture> {
  if (picture.channels === 1 || picture.channels === 3) return await shrinkCubic(picture, size);
  return joinPlanes(
    await Promise.all(planesOf(picture).map((plane) => shrinkCubic(plane, size))),
  );
}

/** Shrinks by libvips; enlarges here, since libvips' enlargement lies half a pixel off. */
async function resizeCubic(picture: Picture, size: Size): Promise<Picture> {
  const shrunk = await shrinkPlanes(picture, {
    width: Math.min(picture.width, size.width),
    height: Math.min(picture.height, size.height),
  });
  return enlargeCubic(shrunk, size);
}

async function shrinkCubic(picture: Picture, { width, height }: Size): Promise<Picture> {
  if (picture.width === width && picture.height === height) return picture;
  const { data } = picture;
  // libvips takes floats for 0…65535 and rounds them, so fractions are carried as 1/257 of a level.
  const whole = data instanceof Float32Array
    ? { ...picture, data: Uint16Array.from(data, (v) => Math.round(clip(v) * 257)) }
    : { ...picture, data };
  const resized = await pipelineOf(whole)
    .resize(width, height, { fit: "fill", kernel: "cubic" })
    .toColourspace(colourspaceOf(whole))
    .raw({ depth: whole.data instanceof Uint16Array ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true });
  const bytes = pictureOf(resized);
  if (whole.data instanceof Uint8Array) return bytes;
  const words = new Uint16Array(bytes.data.slice().buffer);
  return { ...bytes, data: data instanceof Uint16Array ? words : Float32Array.from(words, level) };
}

function clip(value: number): number {
  return Math.min(255, Math.max(0, value));
}

function level(word: number): number {
  return word / 257;
}
