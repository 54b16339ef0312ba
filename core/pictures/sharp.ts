/**
 * The one place that imports sharp (libvips), which decodes, encodes and draws on threads of its
 * own, so that the event loop stays free.
 *
 * @module
 */
import sharp, { type OutputInfo, type Sharp } from "sharp";
import type { Picture } from "../interfaces/pictures.ts";

// libvips remembers operations by file name: a file that changed would give its old pixels, and
// Windows refuses to rename what the cache holds open.
sharp.cache(false);

export { type Sharp as SharpPipeline, sharp };

/** The pixels of a raw 8-bit pipeline as a picture; they are not copied. */
export function pictureOf(
  { data, info }: { readonly data: Uint8Array; readonly info: OutputInfo },
): Picture & { readonly data: Uint8Array } {
  return {
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    width: info.width,
    height: info.height,
    channels: info.channels,
  };
}

/** A pipeline that begins with the pixels of an 8-bit or 16-bit picture. */
export function pipelineOf(
  { data, width, height, channels }: Picture & { readonly data: Uint8Array | Uint16Array },
): Sharp {
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) {
    throw new RangeError(`Cannot process a picture of ${channels} channels. Use 1 to 4.`);
  }
  return sharp(data, { raw: { width, height, channels } });
}

/** The colour space that keeps the pixels of a pipeline as they are. */
export function colourspaceOf({ data, channels }: Picture): "b-w" | "grey16" | "srgb" | "rgb16" {
  const deep = data instanceof Uint16Array;
  return channels < 3 ? (deep ? "grey16" : "b-w") : (deep ? "rgb16" : "srgb");
}
