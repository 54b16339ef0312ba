/** Pictures to another size, by each kernel that experiments choose from. */
import type { Picture, ResizeKernel } from "../plugin.ts";
import { likeData } from "./geometry.ts";
import { colourspaceOf, pictureOf, pipelineOf } from "./sharp.ts";

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Brings a picture to a size; the aspect ratio is not kept. A picture that has the size is returned
 * as it is.
 *
 * - `cubic`: Catmull-Rom, the kernel widened when it shrinks. The type of the pixels is kept;
 *   floats pass through 16 bits.
 * - `bilinear`: bit for bit TensorFlow's `tf.image.resize(picture, size)`: half-pixel centres, two
 *   taps in each direction whatever the scale, as unrounded floats.
 * - `nearest`: the pixel at the centre, as TensorFlow takes it; the type of the pixels is kept.
 *
 * @throws {RangeError} When the size is not of whole, positive numbers.
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
      `Cannot resize a picture to ${width}x${height}: whole, positive numbers would work`,
    );
  }
  if (picture.width === width && picture.height === height) return picture;
  if (kernel === "cubic") return await resizeCubic(picture, size);
  return kernel === "bilinear" ? resizeBilinear(picture, size) : resizeNearest(picture, size);
}

async function resizeCubic(picture: Picture, { width, height }: Size): Promise<Picture> {
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

/** For each output position: two input positions, and how much of the second. */
interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly mix: Float32Array;
}

/** As TensorFlow computes them, each operation rounded to single precision. */
function bilinearTaps(outputs: number, inputs: number): Taps {
  const low = new Int32Array(outputs), high = new Int32Array(outputs);
  const mix = new Float32Array(outputs);
  const scale = Math.fround(inputs / outputs);
  for (let i = 0; i < outputs; i++) {
    const at = Math.fround(Math.fround((i + 0.5) * scale) - 0.5);
    const floor = Math.floor(at);
    low[i] = Math.max(floor, 0);
    high[i] = Math.min(Math.ceil(at), inputs - 1);
    mix[i] = at - floor;
  }
  return { low, high, mix };
}

// Every index below is within its array, since the taps are within the picture.

function resizeBilinear(picture: Picture, { width, height }: Size): Picture {
  const { data: source, channels } = picture;
  const rows = bilinearTaps(height, picture.height), columns = bilinearTaps(width, picture.width);
  const data = new Float32Array(width * height * channels);
  let to = 0;
  for (let row = 0; row < height; row++) {
    const upper = rows.low[row]! * picture.width, lower = rows.high[row]! * picture.width;
    for (let column = 0; column < width; column++) {
      const left = columns.low[column]!, right = columns.high[column]!, mix = columns.mix[column]!;
      let topLeft = (upper + left) * channels, topRight = (upper + right) * channels;
      let bottomLeft = (lower + left) * channels, bottomRight = (lower + right) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const top = lerp(source[topLeft++]!, source[topRight++]!, mix);
        const bottom = lerp(source[bottomLeft++]!, source[bottomRight++]!, mix);
        data[to++] = lerp(top, bottom, rows.mix[row]!);
      }
    }
  }
  return { data, width, height, channels };
}

/** In single precision, each operation rounded. */
function lerp(from: number, to: number, mix: number): number {
  return Math.fround(from + Math.fround(Math.fround(to - from) * mix));
}

function nearestTaps(outputs: number, inputs: number): Int32Array {
  const scale = Math.fround(inputs / outputs);
  const at = (_: unknown, i: number): number =>
    Math.min(Math.floor(Math.fround((i + 0.5) * scale)), inputs - 1);
  return Int32Array.from({ length: outputs }, at);
}

function resizeNearest(picture: Picture, { width, height }: Size): Picture {
  const { data: source, channels } = picture;
  const rows = nearestTaps(height, picture.height), columns = nearestTaps(width, picture.width);
  const data = likeData(picture, width * height * channels);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * picture.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) data[to++] = source[from + channel]!;
    }
  }
  return { data, width, height, channels };
}
