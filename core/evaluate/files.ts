/** The files of an evaluation: figures, a table of the pictures, the pictures, panels. */
import { basename, dirname, join, relative, sep } from "@std/path";
import { z } from "zod";
import { messageOf, PairlabError } from "../base/errors.ts";
import { entriesIn, ifThere, isTemporary, writeFolderDurably } from "../base/files.ts";
import { figuresJson } from "../base/json.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { writePicture } from "../pictures/encode.ts";
import { resultNames } from "../pictures/find.ts";
import { toCsv } from "./csv.ts";
import type { PredictedPair } from "./evaluate.ts";
import { writePanels } from "./panels.ts";
import type { EvaluationReport } from "./report.ts";

const FIGURES = "evaluation.json", TABLE = "pictures.csv", PICTURES = "pictures";

/** A file that an evaluation holds locked while it writes, so that its remains are recognised. */
const LOCK = ".evaluation";

/** A folder that is being filled. */
export interface EvaluationFolder {
  /** Writes the pictures of a pair. */
  addPair(pair: PredictedPair): Promise<void>;
  /** Writes the figures and the panels. */
  finish(report: EvaluationReport): Promise<void>;
}

/** Options of {@link writeEvaluation}. */
export interface EvaluationFilesOptions {
  /** Names of all pairs. */
  readonly names: readonly string[];
  /** How many of the best and worst are shown. */
  readonly show: number;
  /** Keep every prediction, input and target as a file. */
  readonly pictures: boolean;
  /** Write beside files of others, replacing those of the same name. @default false */
  readonly overwrite?: boolean | undefined;
}

/**
 * Fills a folder: everything appears at the end, or nothing. An older evaluation is replaced, and
 * remains of interrupted ones beside it are removed.
 *
 * @throws {PairlabError} If the folder holds other files and `overwrite` is false.
 */
export async function writeEvaluation(
  folder: string,
  options: EvaluationFilesOptions,
  fill: (folder: EvaluationFolder) => Promise<void>,
): Promise<void> {
  await checkReplaceable(folder, options.overwrite);
  await removeInterrupted(dirname(folder));
  const stems = resultNames(options.names);
  const isShared = await foreignFile(folder) !== undefined;
  const whole = isShared ? join(folder, ".evaluation-new") : folder;
  await writeFolderDurably(whole, async (beside) => {
    const lock = await Deno.open(join(beside, LOCK), { write: true, create: true });
    try {
      await lock.lock(true);
      await fill(openFolder(beside, stems, options));
    } finally {
      lock.close();
    }
    await Deno.remove(join(beside, LOCK));
  });
  if (!isShared) return;
  await moveFiles(whole, folder);
  await Deno.remove(whole, { recursive: true });
}

function openFolder(
  folder: string,
  stems: readonly string[],
  options: EvaluationFilesOptions,
): EvaluationFolder {
  const pictures = join(folder, PICTURES);
  const pathOf = (index: number, side: string): string =>
    join(pictures, side, `${stems[index]}.png`);
  const write = async (index: number, side: string, picture: Picture): Promise<void> => {
    // PNG has grey and RGB only.
    if (picture.channels !== 1 && picture.channels !== 3) return;
    await Deno.mkdir(join(pictures, side), { recursive: true });
    await writePicture(pathOf(index, side), picture);
  };
  return {
    addPair: async ({ index, input, target, predictions }) => {
      await write(index, "input", input);
      await write(index, "target", target);
      for (const [mode, prediction] of predictions) await write(index, mode, prediction);
    },
    finish: async (report) => {
      await Deno.writeTextFile(join(folder, FIGURES), figuresJson(report));
      await Deno.writeTextFile(join(folder, TABLE), toCsv(report));
      await writePanels(folder, report, { ...options, stems, pathOf });
      if (!options.pictures) await Deno.remove(pictures, { recursive: true }).catch(() => {});
    },
  };
}

/**
 * Checks that writing an evaluation to a folder replaces nothing but an older evaluation.
 *
 * @throws {PairlabError} Naming a file that is not part of an evaluation.
 */
export async function checkReplaceable(folder: string, overwrite = false): Promise<void> {
  const foreign = await foreignFile(folder);
  if (foreign === undefined || overwrite) return;
  throw new PairlabError(
    `Cannot write an evaluation to "${folder}": it holds "${foreign}", which is not part of an evaluation. Choose a new or empty folder, or pass --overwrite to write beside it.`,
  );
}

/** A file in a folder that no evaluation wrote; undefined if there is none. */
async function foreignFile(folder: string): Promise<string | undefined> {
  const paths = await filesIn(folder);
  const stems = paths.includes(FIGURES) ? await stemsOf(join(folder, FIGURES)) : undefined;
  return paths.find((path) => stems === undefined || !isWritten(path, stems));
}

/** The stems of the pictures of an evaluation; undefined if the file is not one's. */
async function stemsOf(path: string): Promise<ReadonlySet<string> | undefined> {
  const Written = z.object({
    format: z.literal(1),
    names: z.array(z.string()),
    metrics: z.array(z.unknown()),
  });
  try {
    return new Set(resultNames(Written.parse(JSON.parse(await Deno.readTextFile(path))).names));
  } catch {
    return undefined;
  }
}

function isWritten(path: string, stems: ReadonlySet<string>): boolean {
  const [first = "", ...rest] = path.split("/");
  const stem = basename(path, ".png");
  if (rest.length === 0) return [FIGURES, TABLE].includes(first);
  if (!path.endsWith(".png")) return false;
  if (["best", "worst"].includes(first)) {
    return rest.length === 1 && stems.has(stem.replace(/^\d+_/, ""));
  }
  return first === PICTURES && rest.length === 2 && stems.has(stem);
}

/** The paths of all files in a folder, with `/`; links and empty folders count as files. */
async function filesIn(folder: string, below = folder): Promise<string[]> {
  const paths: string[] = [];
  try {
    for (const { name, isDirectory } of await entriesIn(below)) {
      const path = join(below, name);
      const own = isDirectory ? await filesIn(folder, path) : [];
      paths.push(...own.length > 0 ? own : [relative(folder, path).split(sep).join("/")]);
    }
  } catch (error) {
    throw new PairlabError(
      `Cannot write an evaluation to "${folder}": ${
        messageOf(error)
      }. Choose a new or empty folder.`,
    );
  }
  return paths;
}

async function moveFiles(from: string, to: string): Promise<void> {
  for (const path of await filesIn(from)) {
    await Deno.mkdir(dirname(join(to, path)), { recursive: true });
    await Deno.rename(join(from, path), join(to, path));
  }
}

/** Removes what interrupted evaluations left in a folder; those at work hold their lock. */
async function removeInterrupted(folder: string): Promise<void> {
  for (const { name, isDirectory } of await entriesIn(folder)) {
    if (isDirectory && isTemporary(name) && await isUnlocked(join(folder, name, LOCK))) {
      await ifThere(Deno.remove(join(folder, name), { recursive: true }));
    }
  }
}

async function isUnlocked(path: string): Promise<boolean> {
  try {
    using file = await Deno.open(path, { write: true });
    return await file.tryLock(true);
  } catch {
    // It is not an evaluation's.
    return false;
  }
}
