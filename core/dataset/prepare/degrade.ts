/** Makes pairs of sharp pictures by degrading them, and records how. */
import { basename, extname, join, resolve } from "@std/path";
import { PairlabError } from "../../base/errors.ts";
import { ifThere } from "../../base/files.ts";
import { type DegradationRecord, degradePicture } from "../../pictures/degrade.ts";
import { decodePicture } from "../../pictures/decode.ts";
import { fitToSize } from "../../pictures/fit.ts";
import type { Json } from "../../interfaces/callbacks.ts";
import type { Fit } from "../../interfaces/experiment.ts";
import type { Degradation, Picture } from "../../interfaces/pictures.ts";
import { randomStream } from "../../random/stream.ts";
import { surveyDataset, type SurveyedPair } from "../survey.ts";
import type { OnProgress } from "../../base/at_once.ts";
import { beginFolder, fillFolder, type Job, type Outcome } from "./outputs.ts";

/** How pairs are made. */
export interface DegradeOptions {
  readonly degrade: readonly Degradation[];
  /** The texts of `degrade`, so that resuming takes the same. */
  readonly described: readonly string[];
  /** Brings pictures to `size` x `size` before. @default kept as they are */
  readonly size?: number | undefined;
  /** Aspect-ratio policy of that. @default "resize" */
  readonly fit?: Fit | undefined;
  /** @default 23 */
  readonly seed?: number | undefined;
  /** Of what is written. @default "png" */
  readonly format?: "png" | "jpg" | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** The file that says what was drawn; it is a manifest, too. */
export const RECORDS = "pairs.jsonl";

/**
 * Makes pairs of the pictures of a folder: `<out>/output/NAME` is the picture, `<out>/input/NAME` what
 * the degradations make of it, and `<out>/pairs.jsonl` says what they drew for it. A picture's draws
 * follow from the seed and its name alone.
 *
 * @param source A folder of pictures, or one of `train`, `val` and `test`, which are kept apart.
 * @throws {PairlabError} If there are no pictures, one of them is at fault, or the folder holds
 * something else.
 */
export async function prepareDegraded(
  source: string,
  out: string,
  options: DegradeOptions,
): Promise<Outcome> {
  const { size, fit = "resize", seed = 23, format = "png" } = options;
  const { pairs, faults } = await surveyDataset(source, { layout: "pictures" });
  faults.throwIfAny();
  const recipe: Record<string, Json> = {
    prepare: "degrade",
    source: resolve(source),
    degrade: [...options.described],
    size: size ?? null,
    fit,
    seed,
    format,
  };
  await beginFolder(out, recipe);
  const recorded = await readRecords(join(out, RECORDS));
  const jobs = pairs.map((pair): Job => {
    const stem = basename(pair.target.path, extname(pair.target.path));
    const folder = pair.split === undefined ? "" : pair.split;
    // A picture that stays as it is is copied, byte for byte.
    const extension = size === undefined ? extname(pair.target.path) : `.${format}`;
    const input = join(folder, "input", `${stem}.${format}`);
    const target = join(folder, "output", `${stem}${extension}`);
    return {
      files: [input, target],
      isRecorded: () => recorded.has(pair.name),
      make: async () => {
        const sharp = await readSharp(pair, size, fit);
        const random = randomStream(seed, "degrade", pair.name);
        const { picture, records } = await degradePicture(sharp, options.degrade, random);
        if (!recorded.has(pair.name)) {
          await appendRecord(join(out, RECORDS), { name: pair.name, input, target, records });
        }
        return [picture, size === undefined ? await Deno.readFile(pair.target.path) : sharp];
      },
    };
  });
  return await fillFolder(out, recipe, jobs, options.onProgress);
}

async function readSharp(
  { target: { path } }: SurveyedPair,
  size: number | undefined,
  fit: Fit,
): Promise<Picture> {
  const sharp = await decodePicture(path);
  if (size === undefined) return sharp;
  return await fitToSize(sharp, { width: size, height: size }, { fit });
}

/** What was drawn for one picture. */
interface PairRecord {
  readonly name: string;
  readonly input: string;
  readonly target: string;
  readonly records: readonly DegradationRecord[];
}

async function appendRecord(
  path: string,
  { name, input, target, records }: PairRecord,
): Promise<void> {
  const portable = (file: string): string => file.replaceAll("\\", "/");
  const line = { name, input: portable(input), target: portable(target), degradations: records };
  await Deno.writeTextFile(path, `${JSON.stringify(line)}\n`, { append: true });
}

/** The names that have a record; what a dying process left of a line is cut off. */
async function readRecords(path: string): Promise<Set<string>> {
  const text = await ifThere(Deno.readTextFile(path)) ?? "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) await Deno.truncate(path, new TextEncoder().encode(whole).length);
  return new Set(
    whole.split("\n").filter((line) => line !== "").map((line) => {
      const { name } = JSON.parse(line) as { name?: unknown };
      if (typeof name === "string") return name;
      throw new PairlabError(
        `Cannot continue: "${path}" has a line without a name. Use a new folder.`,
      );
    }),
  );
}
