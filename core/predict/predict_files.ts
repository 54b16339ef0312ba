/** Many picture files predicted, one after another. */
import { basename, join } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { resultNames } from "../pictures/find.ts";
import {
  describeTiles,
  type PredictedFile,
  predictFile,
  type PredictFileOptions,
} from "./predict_file.ts";
import type { Predictor } from "./predictor.ts";
import { openBar } from "../base/terminal.ts";
import { layTiles } from "./tiles/layout.ts";

/** How files are predicted. */
export interface PredictFilesOptions extends Omit<PredictFileOptions, "output" | "onTile"> {
  /** Where the results go; it exists. */
  readonly folder: string;
  /** Told of each picture's tiles. */
  readonly tell: (line: string) => void;
}

/** A picture that could not be predicted. */
export interface FailedFile {
  readonly input: string;
  /** What to read about it. */
  readonly error: string;
}

/** What became of the files. */
export interface PredictedFiles {
  readonly pictures: readonly PredictedFile[];
  /** Pictures that are damaged, or have other channels: those after them are predicted all the same. */
  readonly failures: readonly FailedFile[];
}

/**
 * Predicts pictures into a folder, as PNG under the names of the inputs, or as TIFF where a PNG cannot
 * hold the target's channels.
 *
 * @throws {PairlabError} If a result would replace one of the inputs, or tiles cannot overlap so:
 * before anything is written.
 */
export async function predictFiles(
  predictor: Predictor,
  inputs: readonly string[],
  { folder, tell, ...options }: PredictFilesOptions,
): Promise<PredictedFiles> {
  const { input, target } = predictor.shape;
  if (options.size === "tiled") layTiles(input, input, options.overlap);
  const extension = target.channels > 4 ? ".tif" : ".png";
  const outputs = resultNames(inputs).map((name) => join(folder, `${name}${extension}`));
  await checkReplaced(outputs, inputs);

  const bar = openBar("Predicting", inputs.length);
  const pictures: PredictedFile[] = [], failures: FailedFile[] = [];
  try {
    for (const [index, input] of inputs.entries()) {
      try {
        const picture = await predictFile(predictor, input, {
          ...options,
          output: outputs[index]!, // as many as inputs
          onTile: (tile, tiles) => bar.update(index, `tile ${tile}/${tiles}`),
        });
        pictures.push(picture);
        if (picture.sideBySide === true) {
          tell(
            `${
              basename(input)
            }: looks like two pictures side by side, of which the network takes one ` +
              "(`deno task dataset prepare apart` cuts them apart)",
          );
        }
        if (picture.tiles !== null) tell(`${basename(input)}: ${describeTiles(picture)}`);
      } catch (error) {
        if (!(error instanceof PairlabError)) throw error;
        failures.push({ input, error: error.message });
      }
      bar.update(index + 1, "");
    }
  } finally {
    bar.stop();
  }
  return { pictures, failures };
}

async function checkReplaced(
  outputs: readonly string[],
  inputs: readonly string[],
): Promise<void> {
  const given = new Set(await Promise.all(inputs.map((path) => Deno.realPath(path))));
  for (const output of outputs) {
    const existing = await Deno.realPath(output).catch(() => null);
    if (existing === null || !given.has(existing)) continue;
    throw new PairlabError(
      `Cannot write "${output}": it is one of the pictures to be predicted, --out=DIR with another folder would work`,
    );
  }
}
