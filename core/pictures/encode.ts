/** Pixels to picture files. */
import { extname } from "@std/path";
import { writeAll, writeDurably } from "../durable.ts";
import { PairlabError } from "../errors.ts";
import type { Picture } from "../plugin.ts";
import { colourspaceOf, pipelineOf } from "./sharp.ts";

/** How {@link writePicture} compresses. */
export interface EncodeOptions {
  /** Of JPEG: 1…100; colour is kept at full resolution from 90 on. @default 95 */
  readonly quality?: number;
}

/**
 * Writes a picture as JPEG or PNG, as the extension says; the file appears as a whole or not at
 * all. The folder must exist.
 *
 * @throws {PairlabError} For any other extension, naming the path.
 */
export async function writePicture(
  path: string,
  picture: Picture,
  options: EncodeOptions = {},
): Promise<void> {
  const extension = extname(path);
  if (!isWritable(extension)) {
    throw new PairlabError(
      `Cannot write the picture "${path}": its extension is "${extension}", ` +
        '".jpg", ".jpeg" or ".png" would work',
    );
  }
  const bytes = await encodePicture(picture, extension, options);
  await writeDurably(path, (file) => writeAll(file, bytes));
}

/**
 * Encodes a picture: fractions are rounded, values beyond 0…255 are clipped. A PNG of a
 * `Uint16Array` keeps its 16 bits, everything else has 8.
 *
 * @param extension `".jpg"`, `".jpeg"` or `".png"`.
 */
export async function encodePicture(
  picture: Picture,
  extension: string,
  { quality = 95 }: EncodeOptions = {},
): Promise<Uint8Array> {
  const whole = roundPicture(picture);
  const pipeline = pipelineOf(whole).toColourspace(colourspaceOf(whole));
  const encoded = extension.toLowerCase() === ".png"
    ? pipeline.png()
    : pipeline.jpeg({ quality, chromaSubsampling: quality >= 90 ? "4:4:4" : "4:2:0" });
  return await encoded.toBuffer();
}

/** The picture with whole-numbered pixels: floats become 8-bit, rounded and clipped. */
export function roundPicture(
  picture: Picture,
): Picture & { readonly data: Uint8Array | Uint16Array } {
  const { data, width, height, channels } = picture;
  if (!(data instanceof Float32Array)) return { data, width, height, channels };
  // A clamped array rounds halves to even and clips by itself.
  return { data: new Uint8Array(new Uint8ClampedArray(data).buffer), width, height, channels };
}

function isWritable(extension: string): boolean {
  return [".jpg", ".jpeg", ".png"].includes(extension.toLowerCase());
}
