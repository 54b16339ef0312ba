/** Picture files to pixels, with errors that say which file and what is wrong with it. */
import { extname } from "@std/path";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { decodePixels, describeFile, maximumPixels, type PictureFile } from "./pixels.ts";

/** What {@link decodePicture} should make of a file. */
export interface DecodeOptions {
  /**
   * 3 for colour (sRGB), 1 for grey; any other number is what the file must hold, which is taken as
   * it is: 4 for RGBA or CMYK, 7 for a TIFF of seven bands. @default 3
   */
  readonly channels?: number;
  /** Bits of each channel, or as many as the file has. @default 8 */
  readonly depth?: 8 | 16 | "stored";
  /** What messages call the picture. @default the path */
  readonly name?: string;
}

/** Extensions of the files that {@link decodePicture} can read, in lower case. */
export const pictureExtensions: readonly string[] = [
  ".jpg",
  ".jpeg",
  ".png",
  ".webp",
  ".avif",
  ".gif",
  ".tif",
  ".tiff",
];

/** True for a file name that ends as a picture's does, e.g. `rose.JPG`. */
export function isPictureName(name: string): boolean {
  return pictureExtensions.includes(extname(name).toLowerCase());
}

export { maximumPixels };

const readable = "a JPEG, PNG, WebP, AVIF, GIF or TIFF file would work";
const CUT_SHORT =
  /premature end|read error|truncated|end of (file|stream)|unexpected end|treated as error/i;
const formats: readonly string[] = ["jpeg", "png", "webp", "heif", "gif", "tiff"];

/**
 * Decodes a picture in sRGB (or grey), to 8 bits a channel unless told otherwise.
 *
 * The orientation that the camera noted is applied, transparency is laid over white (unless it is
 * asked for as a channel), CMYK is converted, colour profiles are followed, and of an animation the
 * first frame is taken. A file that is cut short or damaged is an error, though some of it could be
 * shown.
 *
 * @param source A path, or the bytes of a file.
 * @returns `[height, width, channels]`, values 0…255, or 0…65535 in a `Uint16Array` for 16 bits.
 * @throws {PairlabError} When the file cannot be read, is no picture, is damaged, has more than
 * `maximumPixels`, or not the channels that were asked for.
 *
 * @example
 * ```ts
 * import { decodePicture } from "./decode.ts";
 * import { encodePicture } from "./encode.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const red = { data: new Uint8Array([255, 0, 0]), width: 1, height: 1, channels: 3 };
 * const decoded = await decodePicture(await encodePicture(red, ".png"), { name: "red" });
 * assertEquals(decoded, red);
 * ```
 */
export async function decodePicture(
  source: string | Uint8Array,
  options?: DecodeOptions & { readonly depth?: 8 },
): Promise<Picture & { readonly data: Uint8Array }>;
export async function decodePicture(
  source: string | Uint8Array,
  options: DecodeOptions,
): Promise<Picture>;
export async function decodePicture(
  source: string | Uint8Array,
  { channels = 3, depth = 8, name = typeof source === "string" ? source : "picture" }:
    DecodeOptions = {},
): Promise<Picture> {
  const bytes = typeof source === "string" ? await readBytes(source, name) : source;
  const fail = (reason: string): PairlabError =>
    new PairlabError(`Cannot read the picture "${name}": ${reason}`);
  if (bytes.length === 0) throw fail(`it is empty (0 bytes), ${readable}`);
  try {
    const file = await describeFile(bytes);
    const refusal = reasonToRefuse(file, channels);
    if (refusal !== undefined) throw fail(refusal);
    const bits = depth === "stored" ? (file.deep ? 16 : 8) : depth;
    return await decodePixels(bytes, file, channels, bits);
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw fail(whatIsWrong(bytes, messageOf(error)));
  }
}

/**
 * The size, channels and depth that a picture file says it has; it is not decoded.
 *
 * @throws {PairlabError} If it cannot be read, or is no picture.
 */
export async function describePictureFile(
  path: string,
): Promise<
  {
    readonly width: number;
    readonly height: number;
    readonly channels: number;
    readonly depth: 8 | 16;
  }
> {
  const bytes = await readBytes(path, path);
  try {
    const { width, height, channels, deep } = await describeFile(bytes);
    return { width, height, channels, depth: deep ? 16 : 8 };
  } catch (error) {
    throw new PairlabError(
      `Cannot read the picture "${path}": ${whatIsWrong(bytes, messageOf(error))}`,
    );
  }
}

function reasonToRefuse(file: PictureFile, channels: number): string | undefined {
  const { format, width, height, compression } = file;
  if (!formats.includes(format)) return `it is ${format.toUpperCase()}, ${readable}`;
  if (format === "heif" && compression !== "av1") return `it is HEIC, ${readable}`;
  if (width * height > maximumPixels) {
    return `it has ${width}x${height} pixels, up to ${maximumPixels / 1e6} million would work`;
  }
  if (channels !== 1 && channels !== 3 && channels !== file.channels) {
    return `it has ${file.channels} channels where ${channels} were asked for, ` +
      `${[...new Set([1, 3, file.channels])].join(" or ")} would work`;
  }
  return undefined;
}

async function readBytes(path: string, name: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? `there is no such file, ${readable}`
      : error instanceof Deno.errors.IsADirectory
      ? `it is a folder, ${readable}`
      : messageOf(error);
    throw new PairlabError(`Cannot read the picture "${name}": ${reason}`);
  }
}

function whatIsWrong(bytes: Uint8Array, message: string): string {
  // libvips keeps the words of all errors in one place: where several files are damaged, those of one
  // may come with another, or be gone ("treated as error"). So they are not repeated here.
  if (CUT_SHORT.test(message)) {
    return `it is cut short or damaged after ${bytes.length} bytes, ` +
      "copying it again from where it came would work";
  }
  const firstLine = message.split("\n")[0] ?? message;
  if (/unsupported image format/.test(message)) {
    return `it is not a picture, it begins with ${beginning(bytes)}, ${readable}`;
  }
  return `it is damaged (${firstLine}), copying it again from where it came would work`;
}

/** The first bytes, as text where they are text: a web page or a pointer file is easily told. */
function beginning(bytes: Uint8Array): string {
  const first = bytes.subarray(0, 24);
  const text = new TextDecoder().decode(first);
  return /^[\x20-\x7e\s]+$/.test(text)
    ? JSON.stringify(text)
    : `bytes ${[...first.subarray(0, 8)].map((b) => b.toString(16).padStart(2, "0")).join(" ")}`;
}
