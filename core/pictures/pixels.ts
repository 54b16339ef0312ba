/** Pixels out of the bytes of a file, in the channels and the depth that are asked for. */
import type { Picture } from "../interfaces/pictures.ts";
import { mendJpeg } from "./mend_jpeg.ts";
import { pictureOf, pipelineOf, sharp, type SharpPipeline } from "./sharp.ts";

/** Larger pictures are rejected: a few kilobytes of PNG can decode to gigabytes. */
export const maximumPixels = 100_000_000;

/** The values of a file's samples that are black and white. */
export type Levels = readonly [black: number, white: number];

/** A file's header. */
export interface PictureFile {
  /** `jpeg`, `png`, … */
  readonly format: string;
  /** Of HEIF files, e.g. `av1`. */
  readonly compression: string | undefined;
  /** Upright, as are all sizes that people see. */
  readonly width: number;
  readonly height: number;
  /** EXIF's orientation; from 5 on, width and height are exchanged in the file. */
  readonly orientation: number;
  /** Transparency included. */
  readonly channels: number;
  /** libvips' name of its colour space, e.g. `srgb`. */
  readonly space: string;
  readonly transparent: boolean;
  /** libvips' name of the type of its samples, e.g. `uchar`. */
  readonly samples: string;
  /** 16 bits a channel that mean colours; libvips converts CMYK to 8. */
  readonly deep: boolean;
  /** It has a colour profile for its own kind of colours. */
  readonly profiled: boolean;
}

/** Reads the header of a file. Throws libvips' own error for anything but a picture. */
export async function describeFile(bytes: Uint8Array): Promise<PictureFile> {
  const { format, compression, autoOrient, orientation, channels, space, hasAlpha, depth, icc } =
    await sharp(bytes, { limitInputPixels: false, limitInputChannels: false }).metadata();
  return {
    format,
    compression,
    width: autoOrient.width,
    height: autoOrient.height,
    orientation: orientation ?? 1,
    channels,
    space,
    transparent: hasAlpha,
    samples: depth,
    deep: depth === "ushort" && space !== "cmyk",
    profiled: icc !== undefined && coloursOf(icc) === (channels < 3 ? "GRAY" : "RGB "),
  };
}

/** The colour space that a profile is for, from its header (ICC.1, section 7.2). */
function coloursOf(icc: Uint8Array): string {
  return new TextDecoder().decode(icc.subarray(16, 20));
}

/** What {@link decodePixels} makes of a file. */
interface PixelOptions {
  /** 1 or 3; any other number must be the file's own, which are not converted. */
  readonly channels: number;
  readonly depth: 8 | 16;
  /** Needed for samples that are neither 8 nor 16 bits, unsigned. */
  readonly levels?: Levels | undefined;
}

/** Decodes a file. Throws libvips' own error if it is damaged. */
export async function decodePixels(
  bytes: Uint8Array,
  file: PictureFile,
  options: PixelOptions,
): Promise<Picture> {
  try {
    return await decodeStrictly(bytes, file, options);
  } catch (error) {
    const mended = file.format === "jpeg" ? mendJpeg(bytes) : [];
    for (const candidate of mended) {
      try {
        return await decodeStrictly(candidate, file, options);
      } catch {
        // Damaged all the same: the first error says so.
      }
    }
    throw error;
  }
}

async function decodeStrictly(
  bytes: Uint8Array,
  file: PictureFile,
  { channels, depth, levels }: PixelOptions,
): Promise<Picture> {
  if (levels !== undefined) {
    return await inColours(scale(await readSamples(bytes, file), levels), file, channels, depth);
  }
  if (file.deep) return await inColours(await readWords(bytes, file), file, channels, depth);
  const pipeline = open(bytes);
  const plain = channels !== 1 && channels !== 3
    // As "b-w" libvips would keep the first band only; as "grey16" it keeps all.
    ? await readBands(file.space === "cmyk" ? pipeline.pipelineColourspace("cmyk") : pipeline, file)
    : pictureOf(
      await pipeline.flatten({ background: "#fff" }).toColourspace(channels === 1 ? "b-w" : "srgb")
        .raw().toBuffer({ resolveWithObject: true }),
    );
  return depth === 8 ? plain : widen(plain);
}

/** Any warning of a decoder counts as damage. */
function open(bytes: Uint8Array, ignoreIcc = false): SharpPipeline {
  return sharp(bytes, {
    autoOrient: true,
    failOn: "warning",
    ignoreIcc,
    limitInputPixels: maximumPixels,
    limitInputChannels: false,
  });
}

/** All 8-bit channels as the file has them. */
async function readBands(
  pipeline: SharpPipeline,
  { space }: PictureFile,
): Promise<Picture & { readonly data: Uint8Array }> {
  const words = space === "b-w";
  const raw = pictureOf(
    await pipeline.toColourspace(words ? "grey16" : space).raw({
      depth: words ? "ushort" : "uchar",
    })
      .toBuffer({ resolveWithObject: true }),
  );
  return words ? narrow({ ...raw, data: new Uint16Array(raw.data.slice().buffer) }) : raw;
}

/** All channels of a 16-bit file, colours in sRGB. */
async function readWords(bytes: Uint8Array, file: PictureFile): Promise<Words> {
  // By itself sharp converts 16 bits with a profile to Display P3, and grey ones not at all. Told to
  // convert at the end, it goes from the profile to sRGB at once.
  const pipeline = file.profiled ? open(bytes, true).withIccProfile("srgb") : open(bytes, true);
  const raw = pictureOf(
    await pipeline.toColourspace(file.space === "b-w" ? "grey16" : file.space)
      .raw({ depth: "ushort" }).toBuffer({ resolveWithObject: true }),
  );
  return { ...raw, data: new Uint16Array(raw.data.slice().buffer) };
}

/** Samples of any type. */
interface Samples {
  readonly data: Float64Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** All samples of a file as numbers, whatever they mean. */
export async function readSamples(bytes: Uint8Array, file: PictureFile): Promise<Samples> {
  // What libvips takes for 16-bit grey, sharp clips to 0…65535.
  const offset = file.samples === "short" && file.space.endsWith("16") ? 32768 : 0;
  const pipeline = offset === 0 ? open(bytes, true) : open(bytes, true).linear(1, offset);
  const raw = pictureOf(
    await pipeline.toColourspace(file.space).raw({ depth: "double" })
      .toBuffer({ resolveWithObject: true }),
  );
  return { ...raw, data: new Float64Array(raw.data.slice().buffer).map((v) => v - offset) };
}

type Words = Picture & { readonly data: Uint16Array };

/** Samples between two levels to 16 bits; what lies beyond is clipped. */
function scale({ data, ...size }: Samples, [black, white]: Levels): Words {
  const word = (value: number): number =>
    Math.round(Math.min(1, Math.max(0, (value - black) / (white - black))) * 65535);
  return { ...size, data: Uint16Array.from(data, word) };
}

/** 16 bits in the channels and depth that are asked for. */
async function inColours(
  words: Words,
  { transparent }: PictureFile,
  channels: number,
  depth: 8 | 16,
): Promise<Picture> {
  const asked = channels === 1 || channels === 3 ? channels : words.channels;
  // libvips lays 16 bits over a white of 255/256, so it is done here.
  const opaque = transparent && asked !== words.channels ? overWhite(words) : words;
  const coloured = asked === opaque.channels
    ? opaque
    : asked === 3
    ? repeatGrey(opaque)
    : await toGrey(opaque);
  return depth === 16 ? coloured : narrow(coloured);
}

/** Removes the last channel, by which the others are mixed with white. */
function overWhite({ data, width, height, channels }: Words): Words {
  const colours = channels - 1;
  const mixed = new Uint16Array(width * height * colours);
  for (let i = 0; i < mixed.length; i++) {
    const pixel = Math.floor(i / colours) * channels;
    const opacity = data[pixel + colours]! / 65535; // both within, as `i` is
    mixed[i] = Math.round(data[pixel + i % colours]! * opacity + 65535 * (1 - opacity));
  }
  return { data: mixed, width, height, channels: colours };
}

function repeatGrey({ data, width, height }: Words): Words {
  const colours = new Uint16Array(data.length * 3);
  for (const [i, value] of data.entries()) colours.fill(value, i * 3, i * 3 + 3);
  return { data: colours, width, height, channels: 3 };
}

async function toGrey(words: Words): Promise<Words> {
  const raw = pictureOf(
    await pipelineOf(words).toColourspace("grey16").raw({ depth: "ushort" })
      .toBuffer({ resolveWithObject: true }),
  );
  return { ...raw, data: new Uint16Array(raw.data.slice().buffer) };
}

function narrow({ data, ...rest }: Words): Picture & { readonly data: Uint8Array } {
  return { ...rest, data: Uint8Array.from(data, (value) => Math.round(value / 257)) };
}

function widen({ data, ...rest }: Picture): Words {
  return { ...rest, data: Uint16Array.from(data, (value) => value * 257) };
}
