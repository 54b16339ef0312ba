/** Predicts many picture files. */
import { hash } from "node:crypto";
import { basename, dirname, join, resolve } from "@std/path";
import { z } from "zod";
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

  using bar = openBar("Predicting", inputs.length);
  const pictures: PredictedFile[] = [], failures: FailedFile[] = [];
  for (const [index, input] of inputs.entries()) {
    try {
      const picture = await predictFile(predictor, input, {
        ...options,
        output: outputs[index]!, // as many as inputs
        onTile: (tile, tiles) => bar.update(index, `tile ${tile}/${tiles}`),
      });
      pictures.push(picture);
      // At once: a call that is interrupted must know its results again.
      await list(picture.output, listed);
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
  return { pictures, failures };
}

/** The list of results in their folder, so that only these are replaced: one a line, added at once. */
const LIST = "predictions.jsonl";

const Line = z.object({ file: z.string(), sha256: z.string() });

/** SHA-256 of the results that earlier calls left in a folder, by file name. */
async function listedIn(folder: string): Promise<Map<string, string>> {
  const path = join(folder, LIST);
  const text = await Deno.readTextFile(path).catch(() => "");
  // An interrupted call may have left half a line.
  if (text !== "" && !text.endsWith("\n")) await Deno.writeTextFile(path, "\n", { append: true });
  const listed = new Map<string, string>();
  for (const line of text.split("\n")) {
    try {
      const { file, sha256 } = Line.parse(JSON.parse(line));
      listed.set(file, sha256);
    } catch {
      // Its result is not known as one of Pairlab's.
    }
  }
  return listed;
}

/** Notes a result, unless the list says the same already. */
async function list(output: string, listed: Map<string, string>): Promise<void> {
  const file = basename(output), sha256 = hash("sha256", await Deno.readFile(output));
  if (listed.get(file) === sha256) return;
  listed.set(file, sha256);
  const line = `${JSON.stringify({ file, sha256 })}\n`;
  await Deno.writeTextFile(join(dirname(output), LIST), line, { append: true });
}

/** Checks that results replace neither inputs, nor pictures of a data set, nor foreign files. */
async function checkReplaced(
  outputs: readonly string[],
  inputs: readonly string[],
  listed: ReadonlyMap<string, string>,
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
    const sha256 = listed.get(basename(output));
    if (sha256 !== undefined && sha256 === hash("sha256", await Deno.readFile(existing))) continue;
    if (sides.has(dirname(dirname(resolve(output))))) {
      refuse("it is a picture beside the inputs, as the target of a data set is", elsewhere);
    }
    if (!overwrite) {
      refuse("Pairlab did not write it", `${elsewhere}, or pass --overwrite to replace it`);
    }
  }
}
