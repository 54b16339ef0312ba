/** G of pictures of any size: tile by tile, blended. */
import { PairlabError } from "../../base/errors.ts";
import { cropReflected } from "../../pictures/reflect.ts";
import type { InferenceMode } from "../../interfaces/networks.ts";
import type { Picture } from "../../interfaces/pictures.ts";
import type { GeneratorDescription, Predict } from "../predict.ts";
import { deriveKey } from "../../random/stream.ts";
import { hasSize } from "../../pictures/shape.ts";
import { openBand } from "./band.ts";
import { layTiles, type Tiling, weightsOf } from "./layout.ts";
import { measureSeams, type SeamSteps } from "./seams.ts";

/** How a picture is predicted in tiles. */
export interface TiledOptions {
  /** Pixels that neighbouring tiles share, up to half a tile. @default a quarter of a tile */
  readonly overlap?: number | undefined;
  /**
   * In `running`, a pixel depends on its surroundings only. In `paper` and
   * `deterministic` batch norm uses the statistics of each tile, so that neighbours
   * differ more. @default "running"
   */
  readonly mode?: InferenceMode | undefined;
  /** Bits of each channel of the result. @default 8 */
  readonly depth?: 8 | 16 | undefined;
  /** Told how many of how many tiles are done. */
  readonly onTile?: ((done: number, total: number) => void) | undefined;
}

/** A picture that was predicted in tiles, and how well they fit together. */
export interface TiledPrediction {
  /** Of the input's height and width, and the channels of the target. */
  readonly picture: Picture;
  readonly mode: InferenceMode;
  readonly tiling: Tiling;
  /** Null where there is one tile, and so no seam. */
  readonly seams: Seams | null;
}

/** How visible the seams are. */
export interface Seams extends SeamSteps {
  /** The same ratio of the input: the part that its content causes. */
  readonly ratioOfInput: number;
  /**
   * How much tiles differ where they are blended, mean absolute, in levels of 0…255; null if they
   * do not overlap.
   */
  readonly disagreement: number | null;
}

/** The mode of tiles unless another is asked for. */
export const TILED_MODE: InferenceMode = "running";

/** See `Predictor.predictTiled`. */
export async function predictInTiles(
  predict: Predict,
  picture: Picture,
  description: GeneratorDescription,
  { overlap, mode = TILED_MODE, depth = 8, onTile }: TiledOptions = {},
): Promise<TiledPrediction> {
  const { shape: { input: tile, target }, step } = description;
  if (!hasSize(tile, target)) {
    throw new PairlabError(
      `Cannot predict in tiles: the network makes ${target.width}x${target.height} of ${tile.width}x${tile.height}. Use a network whose output has the size of its input.`,
    );
  }
  const tiling = layTiles(picture, tile, overlap);
  if (hasSize(picture, tile)) {
    const whole = await predict(picture, { ...description, mode, depth });
    onTile?.(1, 1);
    return { picture: whole, mode, tiling, seams: null };
  }

  const { tops, lefts } = tiling;
  const sharing = { overlap: tiling.overlap };
  const size = { width: picture.width, height: picture.height, channels: target.channels };
  const band = openBand(size, { rows: tile.height, depth });
  for (const [row, top] of tops.entries()) {
    band.moveTo(top);
    const vertical = weightsOf(row, tops.length, { side: tile.height, ...sharing });
    for (const [column, left] of lefts.entries()) {
      const predicted = await predict(cropReflected(picture, { left, top, ...tiling.tile }), {
        ...description,
        step: stepOf(step, row, column),
        mode,
        depth: "float",
      });
      const horizontal = weightsOf(column, lefts.length, { side: tile.width, ...sharing });
      band.add(predicted, { left, vertical, horizontal });
      onTile?.(row * lefts.length + column + 1, tops.length * lefts.length);
    }
  }
  const blended = band.finish();
  const steps = measureSeams(blended, tiling);
  const ratioOfInput = measureSeams(picture, tiling)?.ratio ?? 1;
  const seams = steps && { ...steps, ratioOfInput, disagreement: band.disagreement };
  return { picture: blended, mode, tiling, seams };
}

/**
 * Keys the dropout of a tile. Each tile draws its own mask, since one mask for all would show as a
 * grid. The draws are reproducible; the first tile's equals that of a picture of the network's size.
 */
function stepOf(step: number, row: number, column: number): number {
  return row === 0 && column === 0 ? step : deriveKey(step, ["tile", row, column])[0] >>> 1;
}
