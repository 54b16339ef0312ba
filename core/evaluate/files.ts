/** What an evaluation writes: figures, a table of the pictures, the pictures themselves. */
import { join } from "@std/path";
import { writeFolderDurably } from "../base/files.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { figuresJson } from "../base/json.ts";
import { writePicture } from "../pictures/encode.ts";
import { resultNames } from "../pictures/find.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { toCsv } from "./csv.ts";
import type { PredictedPair } from "./evaluate.ts";
import { writePanels } from "./panels.ts";
import type { EvaluationReport } from "./report.ts";

/** The name of the file that holds all figures. */
const EVALUATION_FILE = "evaluation.json";

/** A folder that is being filled. */
export interface EvaluationFolder {
  /** Keeps the pictures of a pair. */
  addPair(pair: PredictedPair): Promise<void>;
  /** Writes everything that the report says. */
  finish(report: EvaluationReport): Promise<void>;
}

/** What is written. */
export interface EvaluationFilesOptions {
  /** Names of all pairs. */
  readonly names: readonly string[];
  /** How many of the best and worst are shown. */
  readonly show: number;
  /** Keep every prediction, input and target as a picture file. */
  readonly pictures: boolean;
}

/**
 * Fills a folder: all of it appears at the end, or nothing. An older evaluation at that place is
 * replaced.
 *
 * @throws {PairlabError} If there is something else.
 */
export async function writeEvaluation(
  folder: string,
  options: EvaluationFilesOptions,
  fill: (folder: EvaluationFolder) => Promise<void>,
): Promise<void> {
  await checkReplaceable(folder);
  const stems = resultNames(options.names);
  await writeFolderDurably(folder, async (beside) => {
    const pictures = join(beside, "pictures");
    const pathOf = (index: number, side: string): string =>
      join(pictures, side, `${stems[index]}.png`);
    const write = async (index: number, side: string, picture: Picture): Promise<void> => {
      // What is neither grey nor RGB is no picture to a viewer.
      if (picture.channels !== 1 && picture.channels !== 3) return;
      await Deno.mkdir(join(pictures, side), { recursive: true });
      await writePicture(pathOf(index, side), picture);
    };
    await fill({
      addPair: async ({ index, input, target, predictions }) => {
        await write(index, "input", input);
        await write(index, "target", target);
        for (const [mode, prediction] of predictions) await write(index, mode, prediction);
      },
      finish: async (report) => {
        await Deno.writeTextFile(join(beside, EVALUATION_FILE), figuresJson(report));
        await Deno.writeTextFile(join(beside, "pictures.csv"), toCsv(report));
        await writePanels(beside, report, { ...options, stems, pathOf });
        if (!options.pictures) await Deno.remove(pictures, { recursive: true }).catch(() => {});
      },
    });
  });
}

/**
 * Checks that an evaluation can be written to a folder: it is new, empty, or holds an older one.
 *
 * @throws {PairlabError} If there is something else in it.
 */
export async function checkReplaceable(folder: string): Promise<void> {
  try {
    const entries = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    if (entries.length === 0 || entries.includes(EVALUATION_FILE)) return;
    throw new PairlabError(
      `Cannot write an evaluation to "${folder}": it holds "${
        entries[0]
      }", a new or empty folder would work`,
    );
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    if (error instanceof Deno.errors.NotFound) return;
    throw new PairlabError(
      `Cannot write an evaluation to "${folder}": ${
        messageOf(error)
      }, a new or empty folder would work`,
    );
  }
}
