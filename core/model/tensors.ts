/** Conversion between pictures and tensors. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import type { Picture } from "../interfaces/pictures.ts";
import { describeShape, hasShape } from "../pictures/shape.ts";

/** The normalisation of values 0…255 to -1…1, as checkpoints record it. */
export const NORMALISATION = "x / 127.5 - 1";

/**
 * Converts pictures of one shape to a tensor `[batch, height, width, channels]`, float32 in -1…1.
 *
 * @throws {RangeError} If the shapes differ or there are no pictures.
 *
 * @example
 * ```ts
 * import { toTensor } from "./tensors.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const grey = { data: Uint8Array.of(0, 255), height: 1, width: 2, channels: 1 };
 * const tensor = toTensor([grey]);
 * assertEquals(tensor.shape, [1, 1, 2, 1]);
 * assertEquals([...tensor.dataSync()], [-1, 1]);
 * ```
 */
export function toTensor(pictures: readonly Picture[]): Tensor4D {
  const first = pictures[0];
  if (first === undefined) throw new RangeError("Cannot make a batch: there are no pictures.");
  const { height, width, channels } = first;
  const size = height * width * channels;
  const values = new Float32Array(pictures.length * size);
  pictures.forEach((picture, index) => {
    if (!hasShape(picture, first)) {
      throw new RangeError(
        `Cannot batch a picture of ${describeShape(picture)} with one of ${
          describeShape(first)
        }. Use pictures of one shape.`,
      );
    }
    const half = picture.data instanceof Uint16Array ? 65535 / 2 : 127.5;
    const from = index * size;
    for (let i = 0; i < size; i++) values[from + i] = picture.data[i]! / half - 1;
  });
  return tf.tensor4d(values, [pictures.length, height, width, channels]);
}

/** Bits per channel of a picture; `float`: levels of 0…255, not rounded. */
export type Depth = 8 | 16 | "float";

/**
 * Converts a batch in -1…1 to pictures of a bit depth. Does not dispose of the tensor.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { toPictures } from "./tensors.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const [picture] = await toPictures(tf.tensor4d([-1, 0.5, 2], [1, 1, 3, 1]), 16);
 * assertEquals(picture?.data, new Uint16Array([0, 49151, 65535]));
 * ```
 */
export async function toPictures(batch: Tensor4D, depth: Depth = 8): Promise<Picture[]> {
  const [count, height, width, channels] = batch.shape;
  const values = await batch.data();
  const size = height * width * channels;
  return Array.from({ length: count }, (_, index) => {
    // Uint8ClampedArray clips and rounds; Uint16Array truncates, hence + 0.5.
    const bytes = new Uint8ClampedArray(depth === 8 ? size : 0);
    const words = new Uint16Array(depth === 16 ? size : 0);
    const floats = new Float32Array(depth === "float" ? size : 0);
    for (let i = 0; i < size; i++) {
      const level = values[index * size + i]! + 1;
      if (depth === 8) bytes[i] = level * 127.5;
      else if (depth === 16) words[i] = Math.min(65535, Math.max(0, level * 32767.5)) + 0.5;
      else floats[i] = Math.min(255, Math.max(0, level * 127.5));
    }
    const data = depth === 8 ? new Uint8Array(bytes.buffer) : depth === 16 ? words : floats;
    return { data, height, width, channels };
  });
}
