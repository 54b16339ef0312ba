/** Picture files to pixels, with errors that say which file and what is wrong with it. */
import { messageOf, PairlabError } from "../errors.ts";
import type { Picture } from "../plugin.ts";
import { pictureOf, sharp } from "./sharp.ts";

/** What {@link decodePicture} should make of a file. */
export interface DecodeOptions {
  /** 3 for colour (sRGB), 1 for grey. @default 3 */
  readonly channels?: 1 | 3;
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

/** Larger pictures are refused, since a few kilobytes of PNG can decode to gigabytes. */
export const maximumPixels = 100_000_000;

const readable = "a JPEG, PNG, WebP, AVIF, GIF or TIFF file would work";
const formats: readonly string[] = ["jpeg", "png", "webp", "heif", "gif", "tiff"];

/**
 * Decodes a picture to 8 bits a channel in sRGB (or grey).
 *
 * The orientation that the camera noted is applied, transparency is laid over white, 16 bits and
 * CMYK are converted, colour profiles are followed, and of an animation the first frame is taken.
 * A file that is cut short or damaged is an error, though some of it could be shown.
 *
 * @param source A path, or the bytes of a file.
 * @returns `[height, width, channels]`, values 0…255.
 * @throws {PairlabError} When the file cannot be read, is no picture, is damaged, or has more than
 * {@link maximumPixels}.
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
  { channels = 3, name = typeof source === "string" ? source : "picture" }: DecodeOptions = {},
): Promise<Picture & { readonly data: Uint8Array }> {
  const bytes = typeof source === "string" ? await readBytes(source, name) : source;
  const fail = (reason: string): PairlabError =>
    new PairlabError(`Cannot read the picture "${name}": ${reason}`);
  if (bytes.length === 0) throw fail(`it is empty (0 bytes), ${readable}`);
  try {
    const { format, width, height, compression } = await sharp(bytes, { limitInputPixels: false })
      .metadata();
    if (!formats.includes(format)) throw fail(`it is ${format.toUpperCase()}, ${readable}`);
    if (format === "heif" && compression !== "av1") throw fail(`it is HEIC, ${readable}`);
    if (width * height > maximumPixels) {
      throw fail(
        `it has ${width}x${height} pixels, up to ${maximumPixels / 1e6} million would work`,
      );
    }
    const pipeline = sharp(bytes, {
      autoOrient: true,
      failOn: "warning",
      limitInputPixels: maximumPixels,
    });
    return pictureOf(
      await pipeline
        .flatten({ background: "#fff" })
        .toColourspace(channels === 1 ? "b-w" : "srgb")
        .raw({ depth: "uchar" })
        .toBuffer({ resolveWithObject: true }),
    );
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw fail(whatIsWrong(bytes, messageOf(error)));
  }
}

async function readBytes(path: string, name: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : error instanceof Deno.errors.IsADirectory
      ? "it is a folder"
      : messageOf(error);
    throw new PairlabError(`Cannot read the picture "${name}": ${reason}`);
  }
}

function whatIsWrong(bytes: Uint8Array, message: string): string {
  const firstLine = message.split("\n")[0] ?? message;
  if (/premature end|read error|truncated|end of (file|stream)|unexpected end/i.test(message)) {
    return `it is cut short or damaged after ${bytes.length} bytes (${firstLine}), ` +
      "copying it again from where it came would work";
  }
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
