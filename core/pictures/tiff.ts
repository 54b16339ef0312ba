/** TIFF files of more channels than libvips' pipelines begin with. */
import type { Picture } from "../interfaces/pictures.ts";

/** Types of a field's values, as TIFF numbers them. */
const SHORT = 3, LONG = 4;

/**
 * Encodes a picture of any number of channels as a TIFF: uncompressed, channels interleaved, the
 * first of them grey and the others "unspecified" (TIFF 6.0, sections 3 and 18).
 *
 * @example
 * ```ts
 * import { encodeBands } from "./tiff.ts";
 * import { decodePicture } from "./decode.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const bands = { data: new Uint16Array([1, 2, 3, 4, 65535]), width: 1, height: 1, channels: 5 };
 * assertEquals(await decodePicture(encodeBands(bands), { channels: 5, depth: 16 }), bands);
 * ```
 */
export function encodeBands(
  { data, width, height, channels }: Picture & { readonly data: Uint8Array | Uint16Array },
): Uint8Array {
  const fields: readonly (readonly [tag: number, type: number, values: readonly number[]])[] = [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, new Array<number>(channels).fill(data.BYTES_PER_ELEMENT * 8)],
    [259, SHORT, [1]], // not compressed
    [262, SHORT, [1]], // black is 0
    [273, LONG, [8]], // the pixels lie right after the header
    [277, SHORT, [channels]],
    [278, LONG, [height]],
    [279, LONG, [data.byteLength]],
    [284, SHORT, [1]], // interleaved
    [338, SHORT, new Array<number>(channels - 1).fill(0)],
  ];
  const directory = 8 + data.byteLength + data.byteLength % 2;
  const bytes = new Uint8Array(directory + 6 + fields.length * 12 + channels * 4);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]); // little-endian
  view.setUint32(4, directory, true);
  for (const [i, value] of data.entries()) {
    if (data instanceof Uint16Array) view.setUint16(8 + i * 2, value, true);
    else bytes[8 + i] = value;
  }
  view.setUint16(directory, fields.length, true);
  let free = directory + 6 + fields.length * 12;
  for (const [i, [tag, type, values]] of fields.entries()) {
    const at = directory + 2 + i * 12;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, values.length, true);
    const size = type === SHORT ? 2 : 4;
    let to = at + 8;
    if (values.length * size > 4) {
      view.setUint32(to, free, true);
      to = free;
      free += values.length * size;
    }
    for (const value of values) {
      if (type === SHORT) view.setUint16(to, value, true);
      else view.setUint32(to, value, true);
      to += size;
    }
  }
  return bytes;
}
