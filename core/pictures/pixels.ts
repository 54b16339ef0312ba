/** Pixels out of the bytes of a file, in the channels and the depth that are asked for. */
import type { Picture } from "../interfaces/pictures.ts";
import { pictureOf, sharp, type SharpPipeline } from "./sharp.ts";

/** Larger pictures are refused, since a few kilobytes of PNG can decode to gigabytes. */
export const maximumPixels = 100_000_000;

/** What a file says of itself before it is decoded. */
export interface PictureFile {
  /** `jpeg`, `png`, … */
  readonly format: string;
  /** Of HEIF files, e.g. `av1`. */
  readonly compression: string | undefined;
  readonly width: number;
  readonly height: number;
  /** Those of transparency included. */
  readonly channels: number;
  /** libvips' name of its colour space, e.g. `srgb`. */
  readonly space: string;
  readonly transparent: boolean;
  /** 16 bits a channel. */
  readonly deep: boolean;
}

/** Reads the header of a file. Throws libvips' own error where it is no picture. */
export async function describeFile(bytes: Uint8Array): Promise<PictureFile> {
  const { format, compression, width, height, channels, space, hasAlpha, depth } = await sharp(
    bytes,
    { limitInputPixels: false, limitInputChannels: false },
  ).metadata();
  return {
    format,
    compression,
    width,
    height,
    channels,
    space,
    transparent: hasAlpha,
    deep: depth === "ushort",
  };
}

/** Decodes a file. Throws libvips' own error where it is damaged. */
export async function decodePixels(
  bytes: Uint8Array,
  file: PictureFile,
  channels: number,
  depth: 8 | 16,
): Promise<Picture> {
  const pipeline = sharp(bytes, {
    autoOrient: true,
    failOn: "warning",
    limitInputPixels: maximumPixels,
    limitInputChannels: false,
  });
  if (channels !== 1 && channels !== 3) {
    // As "b-w" libvips would keep the first band only; as "grey16" it keeps all.
    return await readAs(pipeline, file, file.space === "b-w" ? "grey16" : file.space, depth);
  }
  const deep = file.deep && depth === 16;
  const space = channels === 1 ? (deep ? "grey16" : "b-w") : (deep ? "rgb16" : "srgb");
  if (!deep || !file.transparent) {
    return await readAs(pipeline.flatten({ background: "#fff" }), file, space, depth);
  }
  // libvips lays 16 bits over a white of 255/256.
  return overWhite(await readAs(pipeline, file, space, depth));
}

async function readAs(
  pipeline: SharpPipeline,
  file: PictureFile,
  space: string,
  depth: 8 | 16,
): Promise<Picture> {
  const words = space.endsWith("16");
  const raw = pictureOf(
    await pipeline.toColourspace(space).raw({ depth: words ? "ushort" : "uchar" })
      .toBuffer({ resolveWithObject: true }),
  );
  if (!words) {
    return depth === 8 ? raw : { ...raw, data: Uint16Array.from(raw.data, (v) => v * 257) };
  }
  const data = new Uint16Array(raw.data.slice().buffer);
  if (depth === 8) return { ...raw, data: Uint8Array.from(data, (v) => v >> 8) };
  // 8 bits that passed through 16 are exact again.
  return { ...raw, data: file.deep ? data : data.map((v) => (v >> 8) * 257) };
}

/** Removes the last channel, by which the others are mixed with white. */
function overWhite({ data, width, height, channels }: Picture): Picture {
  const colours = channels - 1;
  const mixed = new Uint16Array(width * height * colours);
  for (let i = 0; i < mixed.length; i++) {
    const pixel = Math.floor(i / colours) * channels;
    const opacity = data[pixel + colours]! / 65535; // both within, as `i` is
    mixed[i] = Math.round(data[pixel + i % colours]! * opacity + 65535 * (1 - opacity));
  }
  return { data: mixed, width, height, channels: colours };
}
