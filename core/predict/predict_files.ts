/** Many picture files predicted, one after another. */
import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "@std/path";
import { z } from "zod";
import { writeTextDurably } from "../base/files.ts";
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
  /** Replace files that Pairlab did not write; those beside the inputs never. @default false */
  readonly overwrite?: boolean | undefined;
}

/** A picture that could not be predicted. */
export interface FailedFile {
  readonly input: string;
  /** The message for the user. */
  readonly error: string;
}

/** The outcome for all files. */
export interface PredictedFiles {
  readonly pictures: readonly PredictedFile[];
  /** Pictures that are damaged or have other channels; the others are predicted. */
  readonly failures: readonly FailedFile[];
}

/**
 * Predicts pictures into a folder, as PNG under the names of the inputs, or as TIFF where a PNG cannot
 * hold the target's channels.
 *
 * @throws {PairlabError} If a result would replace an input, a picture of a data set or a foreign file,
 * or tiles cannot overlap so: before anything is written.
 */
export async function predictFiles(
  predictor: Predictor,
  inputs: readonly string[],
  { folder, tell, overwrite = false, ...options }: PredictFilesOptions,
): Promise<PredictedFiles> {
  const { input, target } = predictor.shape;
  if (options.size === "tiled") layTiles(input, input, options.overlap);
  const extension = target.channels > 4 ? ".tif" : ".png";
  const outputs = resultNames(inputs).map((name) => join(folder, `${name}${extension}`));
  const listed = await listedIn(folder);
  await checkReplaced(outputs, inputs, listed, overwrite);

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
        // At once: a call that is interrupted must know its results again.
        listed[basename(picture.output)] = await hashOfFile(picture.output);
        await writeList(folder, listed);
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

/** The list of results in their folder, so that only these are replaced. */
const LIST = "predictions.json";

const List = z.object({
  format: z.literal("pairlab predictions"),
  /** SHA-256 by file name. */
  files: z.record(z.string(), z.string()),
});

/** The results that an earlier call left in a folder. */
async function listedIn(folder: string): Promise<Record<string, string>> {
  try {
    return List.parse(JSON.parse(await Deno.readTextFile(join(folder, LIST)))).files;
  } catch {
    return {};
  }
}

async function writeList(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const list = { format: "pairlab predictions", files };
  await writeTextDurably(join(folder, LIST), `${JSON.stringify(list, null, 2)}\n`);
}

async function hashOfFile(path: string): Promise<string> {
  return createHash("sha256").update(await Deno.readFile(path)).digest("hex");
}

/** Checks that results replace neither inputs, nor pictures of a data set, nor foreign files. */
async function checkReplaced(
  outputs: readonly string[],
  inputs: readonly string[],
  listed: Readonly<Record<string, string>>,
  overwrite: boolean,
): Promise<void> {
  const given = new Set(await Promise.all(inputs.map((path) => Deno.realPath(path))));
  const sides = new Set(inputs.map((path) => dirname(dirname(resolve(path)))));
  for (const output of outputs) {
    const existing = await Deno.realPath(output).catch(() => null);
    if (existing === null) continue;
    const refuse = (found: string, advice: string): never => {
      throw new PairlabError(`Cannot write "${output}": ${found}. ${advice}`);
    };
    const elsewhere = "Choose another folder with --out=DIR";
    if (given.has(existing)) refuse("it is one of the inputs", elsewhere);
    const name = basename(output);
    if (Object.hasOwn(listed, name) && listed[name] === await hashOfFile(existing)) continue;
    if (sides.has(dirname(dirname(resolve(output))))) {
      refuse("it is a picture beside the inputs, as the target of a data set is", elsewhere);
    }
    if (!overwrite) {
      refuse("Pairlab did not write it", `${elsewhere}, or pass --overwrite to replace it`);
    }
  }
}
