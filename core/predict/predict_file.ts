/** One picture file predicted into another. */
import { decodePicture } from "../pictures/decode.ts";
import { writePicture } from "../pictures/encode.ts";
import { unfit } from "../pictures/fit.ts";
import { looksSideBySide } from "../pictures/seam.ts";
import type { Picture } from "../interfaces/pictures.ts";
import type { Predictor } from "./predictor.ts";
import type { Seams, TiledOptions } from "./tiles/predict_tiled.ts";

/** How a file is predicted. */
export interface PredictFileOptions extends TiledOptions {
  readonly output: string;
  /** The network's size, the input's by resizing the result, or the input's by tiles. */
  readonly size: "network" | "kept" | "tiled";
}

/** What became of a file. */
export interface PredictedFile {
  readonly input: string;
  readonly output: string;
  /** Of the output, pixels. */
  readonly width: number;
  readonly height: number;
  /** True if the input looks like two pictures side by side, of which a network takes one. */
  readonly sideBySide?: true;
  /** Null if it was predicted as a whole. */
  readonly tiles: {
    readonly rows: number;
    readonly columns: number;
    /** Pixels that neighbours share. */
    readonly overlap: number;
    /** Null where there is one tile. */
    readonly seams: Seams | null;
  } | null;
}

/**
 * Reads, predicts and writes a picture.
 *
 * @throws {PairlabError} If it cannot be read, predicted in such tiles, or written.
 */
export async function predictFile(
  predictor: Predictor,
  input: string,
  { output, size, ...options }: PredictFileOptions,
): Promise<PredictedFile> {
  const { shape: { input: { channels } }, fit, levels } = predictor;
  const decoded = await decodePicture(input, { channels, depth: "stored", levels });
  const write = async (picture: Picture, tiles: PredictedFile["tiles"]): Promise<PredictedFile> => {
    await writePicture(output, picture);
    const { width, height } = picture;
    const double = looksSideBySide(decoded, predictor.shape.input)
      ? { sideBySide: true as const }
      : {};
    return { input, output, width, height, ...double, tiles };
  };
  if (size === "tiled") {
    const { picture, tiling, seams } = await predictor.predictTiled(decoded, options);
    const { tops, lefts, overlap } = tiling;
    return await write(picture, { rows: tops.length, columns: lefts.length, overlap, seams });
  }
  const predicted = await predictor.predict(decoded, options.mode, options.depth);
  return await write(size === "kept" ? await unfit(predicted, decoded, { fit }) : predicted, null);
}

/** What {@link PredictedFile} says of its tiles, in words. */
export function describeTiles({ width, height, tiles }: PredictedFile): string {
  if (tiles === null) return `${width}x${height}`;
  const { rows, columns, seams } = tiles;
  const laid = `${width}x${height} of ${columns}x${rows} tile${rows * columns === 1 ? "" : "s"}`;
  if (seams === null) return laid;
  const { ratio, ratioOfInput, disagreement } = seams;
  const differ = disagreement === null
    ? ""
    : `; blended tiles differ by ${disagreement.toFixed(1)} levels of 255`;
  return `${laid}, seams ${ratio.toFixed(2)} (input ${ratioOfInput.toFixed(2)})${differ}`;
}
