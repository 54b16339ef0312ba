/** Picture files to pixels, with errors that say which file and what is wrong with it. */
import { extname } from "@std/path";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { Picture } from "../interfaces/pictures.ts";
import {
  decodePixels,
  describeFile,
  type Levels,
  maximumPixels,
  type PictureFile,
  readSamples,
} from "./pixels.ts";
import { unreadableSamples } from "./tiff_samples.ts";

/** Options of {@link decodePicture}. */
export interface DecodeOptions {
  /**
   * 3 for colour (sRGB), 1 for grey. Any other number must be the file's own, and its channels are
   * not converted: 4 for RGBA or CMYK, 7 for a TIFF of seven bands. @default 3
   */
  readonly channels?: number;
  /** Bits of each channel; "stored" is as many as the file has. @default 8 */
  readonly depth?: 8 | 16 | "stored";
  /**
   * The file's values of black and white, e.g. `[0, 1]` for floats, or `[0, 4095]` for 12 of 16
   * bits; its colour profile is then ignored.
   *
   * @default 0 and the largest value of 8 or 16 unsigned bits; other files are rejected
   */
  readonly levels?: Levels | undefined;
  /** What messages call the picture. @default the path */
  readonly name?: string;
}

/** Extensions of the files that {@link decodePicture} reads, in lower case. */
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

export { type Levels, maximumPixels };

const USE_PICTURES = "Use a JPEG, PNG, WebP, AVIF, GIF or TIFF file.";
const SAVE_AS = "Save the file with 8 or 16 unsigned bits a sample.";
const COPY_AGAIN = "Copy it again from its source.";
const CUT_SHORT =
  /premature end|read error|truncated|end of (file|stream)|unexpected end|treated as error/i;
const formats: readonly string[] = ["jpeg", "png", "webp", "heif", "gif", "tiff"];

/** libvips' names of the types of samples that need {@link DecodeOptions.levels}. */
const SAMPLES: Readonly<Record<string, string>> = {
  char: "8-bit signed integers",
  short: "16-bit signed integers",
  int: "32-bit signed integers",
  uint: "32-bit unsigned integers",
  float: "32-bit floats",
};

/**
 * Decodes a picture to sRGB or grey, with 8 bits a channel by default.
 *
 * Applies EXIF's orientation and colour profiles, lays transparency over white (unless it is asked
 * for as a channel), converts CMYK, and takes the first frame of an animation. Truncated and damaged
 * files are rejected, even if a part of them could be shown; slips that every decoder passes over are
 * not damage.
 *
 * @param source A path, or the bytes of a file.
 * @returns `[height, width, channels]`, values 0…255, or 0…65535 in a `Uint16Array` for 16 bits.
 * @throws {PairlabError} If the file cannot be read, is no picture, is damaged, has more than
 * `maximumPixels`, other channels than asked for, or samples whose scale is unknown.
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
  { channels = 3, depth = 8, levels, name = typeof source === "string" ? source : "picture" }:
    DecodeOptions = {},
): Promise<Picture> {
  const bytes = typeof source === "string" ? await readPictureFile(source, name) : source;
  const fail = failure(name);
  if (bytes.length === 0) throw fail(`it is empty (0 bytes). ${USE_PICTURES}`);
  try {
    const unreadable = unreadableSamples(bytes);
    if (unreadable !== undefined) throw fail(`${unreadable}. ${SAVE_AS}`);
    const file = await describeFile(bytes);
    const reason = reasonToReject(file, channels) ??
      await whyUnscaled(bytes, file, levels);
    if (reason !== undefined) throw fail(reason);
    const bits = depth === "stored" ? (file.deep || levels !== undefined ? 16 : 8) : depth;
    return await decodePixels(bytes, file, { channels, depth: bits, levels });
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw fail(whatIsWrong(bytes, messageOf(error)));
  }
}

/** What a picture file's header says. */
export interface PictureHeader {
  /** Upright. */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly depth: 8 | 16;
  /** EXIF's orientation; from 5 on, the file itself lies on its side. */
  readonly orientation: number;
}

/**
 * Reads the header of a picture file, which is not decoded.
 *
 * @param source A path, or the bytes of a file.
 * @throws {PairlabError} If it cannot be read, or is no picture.
 */
export async function describePictureFile(
  source: string | Uint8Array,
  name = typeof source === "string" ? source : "picture",
): Promise<PictureHeader> {
  const bytes = typeof source === "string" ? await readPictureFile(source, name) : source;
  try {
    const { width, height, channels, deep, orientation } = await describeFile(bytes);
    return { width, height, channels, depth: deep ? 16 : 8, orientation };
  } catch (error) {
    throw failure(name)(whatIsWrong(bytes, messageOf(error)));
  }
}

function failure(name: string): (reason: string) => PairlabError {
  return (reason) => new PairlabError(`Cannot read the picture "${name}": ${reason}`);
}

function reasonToReject(file: PictureFile, channels: number): string | undefined {
  const { format, width, height, compression } = file;
  if (!formats.includes(format)) return `it is ${format.toUpperCase()}. ${USE_PICTURES}`;
  if (format === "heif" && compression !== "av1") return `it is HEIC. ${USE_PICTURES}`;
  if (width * height > maximumPixels) {
    return `it has ${width}x${height} pixels. Use up to ${maximumPixels / 1e6} million.`;
  }
  // With transparency; what has more are bands that mean no colours.
  const most = /^(b-w|grey16)$/.test(file.space) ? 2 : file.space === "cmyk" ? 5 : 4;
  const colours = file.space !== "multiband" && file.channels <= most;
  const possible = [...new Set([...colours ? [1, 3] : [], file.channels])];
  if (possible.includes(channels)) return undefined;
  return `it has ${file.channels} channels, not ${channels}. Use channels ${
    possible.join(" or ")
  } for the data source and the experiment.`;
}

/** Why samples that are neither 8 nor 16 unsigned bits have no scale, or undefined. */
async function whyUnscaled(
  bytes: Uint8Array,
  file: PictureFile,
  levels: Levels | undefined,
): Promise<string | undefined> {
  if (["uchar", "ushort"].includes(file.samples)) return undefined;
  const kind = SAMPLES[file.samples] ?? file.samples;
  let least = Infinity, most = -Infinity, infinite = 0;
  const { data } = await readSamples(bytes, file);
  for (const value of data) {
    if (!Number.isFinite(value)) infinite++;
    else if (value < least) least = value;
    if (value > most) most = value;
  }
  if (infinite > 0) {
    return `${infinite} of its ${data.length} samples (${kind}) are NaN or infinite. Fill them in.`;
  }
  if (levels !== undefined) return undefined;
  const likely = file.samples === "float" ? [1, 255, 65535].find((white) => most <= white) : most;
  const range = [least < 0 ? least : 0, likely ?? most].map(short);
  return `its samples are ${kind}, here from ${short(least)} to ${short(most)}. Give the data ` +
    `source \`levels\`, its values of black and white, e.g. [${range.join(", ")}], or ` +
    `${SAVE_AS[0]!.toLowerCase()}${SAVE_AS.slice(1)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/**
 * Reads the bytes of a picture file.
 *
 * @param name What messages call it.
 * @throws {PairlabError} If it does not exist, or is no file: a pipe would be waited for.
 */
export async function readPictureFile(path: string, name = path): Promise<Uint8Array> {
  const fail = failure(name);
  try {
    const info = await Deno.stat(path);
    if (info.isDirectory) throw fail(`it is a folder. ${USE_PICTURES}`);
    if (!info.isFile) throw fail(`it is ${kindOfFile(info)}. ${USE_PICTURES}`);
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw fail(
      error instanceof Deno.errors.NotFound
        ? `the file does not exist. ${USE_PICTURES}`
        : messageOf(error),
    );
  }
}

/** What is neither a file nor a folder: `a named pipe`. */
export function kindOfFile(info: Deno.FileInfo): string {
  if (info.isFifo === true) return "a named pipe";
  if (info.isSocket === true) return "a socket";
  return info.isBlockDevice === true || info.isCharDevice === true ? "a device" : "no file";
}

function whatIsWrong(bytes: Uint8Array, message: string): string {
  // libvips keeps the words of all errors in one place: where several files are damaged, those of one
  // may come with another, or be gone ("treated as error"). So they are not repeated here.
  if (CUT_SHORT.test(message)) {
    return `it is cut short or damaged after ${bytes.length} bytes. ${COPY_AGAIN}`;
  }
  if (/unsupported image format/.test(message)) {
    return `it is not a picture, it begins with ${beginning(bytes)}. ${USE_PICTURES}`;
  }
  return `it is damaged (${message.split("\n")[0] ?? message}). ${COPY_AGAIN}`;
}

/** The first bytes, as text where they are text: a web page or a pointer file is easily told. */
function beginning(bytes: Uint8Array): string {
  const first = bytes.subarray(0, 24);
  const text = new TextDecoder().decode(first);
  return /^[\x20-\x7e\s]+$/.test(text)
    ? JSON.stringify(text)
    : `bytes ${[...first.subarray(0, 8)].map((b) => b.toString(16).padStart(2, "0")).join(" ")}`;
}
