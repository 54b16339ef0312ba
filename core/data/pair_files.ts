/** The files of pairs, and how they are read. */
import { PairlabError } from "../base/errors.ts";
import { decodePicture, type Levels } from "../pictures/decode.ts";
import { cropPicture } from "../pictures/geometry.ts";
import { resizePicture } from "../pictures/resize.ts";
import { datasetOf } from "./dataset.ts";
import type { ResizeKernel } from "../interfaces/experiment.ts";
import type { Dataset, Pair, Picture } from "../interfaces/pictures.ts";

/** A picture's file, or one half of a file that holds two side by side. */
export interface PictureFile {
  readonly path: string;
  readonly half?: "left" | "right";
}

/** The files of one pair. */
export interface PairFiles {
  /** Unlike any other's, e.g. the input's file name. */
  readonly name: string;
  readonly input: PictureFile;
  readonly target: PictureFile;
  /** The same for pairs that share a picture. @default the name */
  readonly original?: string;
}

/** How the pictures of pairs are read. */
export interface ReadOptions {
  /**
   * Channels: 1 for grey, 3 for RGB, any other number as the files have it. The experiment's own
   * `channels` say the same. @default 3 and 3
   */
  readonly channels?: { readonly input: number; readonly target: number };
  /** Bits of each channel. @default 8 */
  readonly depth?: 8 | 16;
  /**
   * The files' values of black and white, e.g. `{ target: [0, 1] }` for targets in floats, or
   * `[0, 4095]` for 12 of 16 bits; colour profiles are then ignored.
   *
   * @default 0 and the largest value of 8 or 16 unsigned bits; other files are rejected
   */
  readonly levels?: {
    readonly input?: Levels | undefined;
    readonly target?: Levels | undefined;
  } | undefined;
  /** Brings every picture to `size` x `size` when it is loaded. @default kept as they are */
  readonly resize?: { readonly size: number; readonly kernel: ResizeKernel } | undefined;
}

/** Reads both pictures of a pair; a file that holds both is decoded once. */
export async function readPair(
  { name, input, target }: PairFiles,
  { channels = { input: 3, target: 3 }, depth = 8, levels = {}, resize }: ReadOptions = {},
): Promise<Pair> {
  const decode = ({ path }: PictureFile, side: "input" | "target"): Promise<Picture> =>
    decodePicture(path, { channels: channels[side], depth, levels: levels[side] });
  const finish = async (decoded: Promise<Picture>, file: PictureFile): Promise<Picture> => {
    const picture = halfOf(await decoded, file);
    if (resize === undefined) return picture;
    return await resizePicture(picture, { width: resize.size, height: resize.size }, resize.kernel);
  };
  const one = decode(input, "input");
  const other = readsAlike(input, target, { channels, levels }) ? one : decode(target, "target");
  const [first, second] = await Promise.all([finish(one, input), finish(other, target)]);
  return { name, input: first, target: second };
}

/** True if both sides of a pair are the same picture, or parts of it. */
export function readsAlike(
  input: PictureFile,
  target: PictureFile,
  { channels, levels }: ReadOptions,
): boolean {
  return input.path === target.path && channels?.input === channels?.target &&
    levels?.input?.join() === levels?.target?.join();
}

/**
 * Cuts out of a file's picture the half that is meant; without one, all of it is.
 *
 * @throws {PairlabError} If the halves would not be equally wide.
 */
export function halfOf(picture: Picture, { path, half }: PictureFile): Picture {
  if (half === undefined) return picture;
  if (picture.width % 2 !== 0) {
    throw new PairlabError(
      `Cannot cut "${path}" in two: it is ${picture.width} pixels wide. Use an even width.`,
    );
  }
  const width = picture.width / 2;
  const left = half === "left" ? 0 : width;
  return cropPicture(picture, { left, top: 0, width, height: picture.height });
}

/** The pairs by index, each read when it is asked for. */
export function datasetOfFiles(pairs: readonly PairFiles[], options: ReadOptions = {}): Dataset {
  return {
    ...datasetOf(pairs, ({ name }) => name, (pair) => readPair(pair, options)),
    originals: pairs.map(({ name, original = name }) => original),
  };
}
