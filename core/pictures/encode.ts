/** Pixels to picture files. */
import { extname } from "@std/path";
import { writeAll, writeDurably } from "../base/files.ts";
import { PairlabError } from "../base/errors.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { colourspaceOf, pipelineOf } from "./sharp.ts";
import { encodeBands } from "./tiff.ts";

/** How {@link writePicture} compresses. */
export interface EncodeOptions {
  /** Of JPEG: 1…100; colour is kept at full resolution from 90 on. @default 95 */
  readonly quality?: number;
  /**
   * Of PNG and JPEG: what is said of the picture within its file, as EXIF's ImageDescription, which
   * knows ASCII only. @default nothing
   */
  readonly description?: string;
}

/** Extensions of the files that {@link writePicture} can write, in lower case. */
const writable: readonly string[] = [".jpg", ".jpeg", ".png", ".tif", ".tiff"];

/**
 * Writes a picture as JPEG, PNG or TIFF, as the extension says; the file appears as a whole or not
 * at all. The folder must exist.
 *
 * @throws {PairlabError} For any other extension, or channels that such a file cannot hold, naming
 * the path.
 *
 * @example
 * ```ts
 * import { writePicture } from "./encode.ts";
 * import { decodePicture } from "./decode.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const red = { data: new Uint8Array([255, 0, 0]), width: 1, height: 1, channels: 3 };
 * await writePicture(`${folder}/red.png`, red);
 * assertEquals(await decodePicture(`${folder}/red.png`), red);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writePicture(
  path: string,
  picture: Picture,
  options: EncodeOptions = {},
): Promise<void> {
  const extension = extname(path);
  const fail = (reason: string): PairlabError =>
    new PairlabError(`Cannot write the picture "${path}": ${reason}`);
  if (!writable.includes(extension.toLowerCase())) {
    throw fail(
      `its extension is "${extension}". Use ".jpg", ".jpeg", ".png", ".tif" or ".tiff".`,
    );
  }
  const { channels } = picture;
  if (!canHold(extension, channels)) {
    throw fail(`it has ${channels} channels, which only ".tif" or ".tiff" can hold`);
  }
  const bytes = await encodePicture(picture, extension, options);
  await writeDurably(path, (file) => writeAll(file, bytes));
}

/** Whether a file of this kind can hold so many channels. */
function canHold(extension: string, channels: number): boolean {
  const kind = extension.toLowerCase();
  if (kind.startsWith(".tif")) return true;
  return kind === ".png" ? channels <= 4 : channels === 1 || channels === 3;
}

/**
 * Encodes a picture: fractions are rounded, values beyond 0…255 are clipped. A PNG or TIFF of a
 * `Uint16Array` keeps its 16 bits, everything else has 8.
 *
 * @param extension `".jpg"`, `".jpeg"`, `".png"`, `".tif"` or `".tiff"`; only a TIFF holds more than
 * four channels.
 *
 * @example
 * ```ts
 * import { encodePicture } from "./encode.ts";
 * import { decodePicture } from "./decode.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const floats = { data: new Float32Array([-3, 99.6]), width: 2, height: 1, channels: 1 };
 * const { data } = await decodePicture(await encodePicture(floats, ".png"), { channels: 1 });
 * assertEquals(data, new Uint8Array([0, 100]));
 * ```
 */
export async function encodePicture(
  picture: Picture,
  extension: string,
  { quality = 95, description }: EncodeOptions = {},
): Promise<Uint8Array> {
  const whole = roundPicture(picture);
  if (whole.channels > 4) return encodeBands(whole);
  const plain = pipelineOf(whole).toColourspace(colourspaceOf(whole));
  const pipeline = description === undefined
    ? plain
    : plain.withExif({ IFD0: { ImageDescription: description } });
  switch (extension.toLowerCase()) {
    case ".png":
      return await pipeline.png().toBuffer();
    case ".tif":
    case ".tiff":
      return await pipeline.tiff({ compression: "deflate", predictor: "none" }).toBuffer();
    default:
      return await pipeline.jpeg({ quality, chromaSubsampling: quality >= 90 ? "4:4:4" : "4:2:0" })
        .toBuffer();
  }
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
