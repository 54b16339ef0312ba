/** Rewrites data sets in another layout: side by side, apart, smaller. */
import { basename, extname, join, resolve } from "@std/path";
import { PairlabError } from "../../base/errors.ts";
import { decodePicture, describePictureFile } from "../../pictures/decode.ts";
import { resizePicture } from "../../pictures/resize.ts";
import type { Picture } from "../../interfaces/pictures.ts";
import { likeData } from "../../pictures/geometry.ts";
import { quote } from "../../data/picture_folder.ts";
import { halfOf, type PictureFile } from "../../data/pair_files.ts";
import { type Survey, surveyDataset, type SurveyedPair, type SurveyOptions } from "../survey.ts";
import type { OnProgress } from "../../base/at_once.ts";
import { fillFolder, type Job, type Outcome } from "./outputs.ts";
import { checkOneSize, type Size } from "../../pictures/shape.ts";

/** How a data set is read and written. */
export interface RearrangeOptions extends SurveyOptions {
  /** @default "png" */
  readonly format?: "png" | "jpg" | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Puts the two pictures of each pair side by side into one file, as the paper's data sets are: the
 * input is A, on the left.
 *
 * @param source A data set of two folders, or one that is listed.
 * @throws {PairlabError} If there are no pairs, or the pictures of one differ in size.
 */
export async function combinePairs(
  source: string,
  out: string,
  { format = "png", onProgress, ...options }: RearrangeOptions = {},
): Promise<Outcome> {
  const survey = await surveyPairs(source, options, ["folders", "manifest"]);
  const jobs = survey.pairs.map((pair): Job => ({
    files: [join(pair.split ?? "", `${flatStem(pair)}.${format}`)],
    make: async () => [await combine(pair)],
  }));
  return await fillFolder(
    out,
    { prepare: "combine", source: resolve(source), format },
    jobs,
    onProgress,
  );
}

/**
 * Cuts files that hold two pictures side by side apart, into `<out>/input` and `<out>/output`.
 *
 * @param source A data set of such files; `direction` says which half is the input.
 * @throws {PairlabError} If there are none, or the width of one is odd.
 */
export async function partPairs(
  source: string,
  out: string,
  { format = "png", onProgress, ...options }: RearrangeOptions = {},
): Promise<Outcome> {
  const survey = await surveyPairs(source, { ...options, layout: "side-by-side" }, [
    "side-by-side",
  ]);
  const jobs = survey.pairs.map((pair): Job => {
    const name = `${flatStem(pair)}.${format}`;
    return {
      files: ["input", "output"].map((side) => join(pair.split ?? "", side, name)),
      make: async () => {
        const both = await decodeAsStored(pair.input.path);
        return [halfOf(both, pair.input), halfOf(both, pair.target)];
      },
    };
  });
  const recipe = {
    prepare: "apart",
    source: resolve(source),
    direction: options.direction ?? "AtoB",
    format,
  };
  return await fillFolder(out, recipe, jobs, onProgress);
}

/**
 * Copies a data set with smaller pictures: none whose shorter side has more than `size` pixels is
 * left, aspect ratios are kept, and smaller ones are copied as they are.
 *
 * @param source A data set in any layout but a list.
 * @throws {PairlabError} If there are no pictures, or one of them is at fault.
 */
export async function shrinkPictures(
  source: string,
  out: string,
  { size, onProgress, ...options }: SurveyOptions & {
    readonly size: number;
    readonly onProgress?: OnProgress | undefined;
  },
): Promise<Outcome> {
  const survey = await surveyPairs(source, options, ["folders", "side-by-side", "pictures"]);
  const { input = "input", output = "output" } = options;
  const jobs = survey.pairs.flatMap((pair): Job[] => {
    const sides = survey.layout === "folders"
      ? [[input, pair.input], [output, pair.target]] as const
      : [["", pair.input]] as const;
    return sides.map(([folder, { path }]) => {
      const extension = extname(path).toLowerCase();
      const kept = [".jpg", ".jpeg", ".png", ".tif", ".tiff"].includes(extension);
      const name = kept ? basename(path) : `${basename(path, extname(path))}.png`;
      return {
        files: [join(pair.split ?? "", folder, name)],
        make: async () => [await shrink(path, size, kept)],
      };
    });
  });
  return await fillFolder(
    out,
    { prepare: "downscale", source: resolve(source), size },
    jobs,
    onProgress,
  );
}

async function surveyPairs(
  source: string,
  options: SurveyOptions,
  layouts: readonly Survey["layout"][],
): Promise<Survey> {
  const survey = await surveyDataset(source, options);
  if (!layouts.includes(survey.layout)) {
    throw new PairlabError(
      `Cannot use ${quote(source)} for this: its layout is "${survey.layout}". Use ${
        layouts.map((layout) => `"${layout}"`).join(" or ")
      }.`,
    );
  }
  survey.faults.throwIfAny();
  return survey;
}

/** The input's name without folders and extension; what a manifest names may lie in any folder. */
function flatStem({ name, split, input }: SurveyedPair): string {
  const own = split !== undefined && name.startsWith(`${split}/`)
    ? name.slice(split.length + 1)
    : name;
  return own.slice(0, own.length - extname(input.path).length).replaceAll(/[\\/]/g, "_");
}

async function combine({ name, input, target }: SurveyedPair): Promise<Picture> {
  const files = await Promise.all([input, target].map(({ path }) => describePictureFile(path)));
  const options = {
    channels: files.every(({ channels }) => channels < 3) ? 1 : 3,
    depth: files.some(({ depth }) => depth === 16) ? 16 : 8,
  } as const;
  const read = async (file: PictureFile): Promise<Picture> =>
    halfOf(await decodePicture(file.path, options), file);
  const [left, right] = await Promise.all([read(input), read(target)]);
  checkOneSize({ name, input: left, target: right }, "combine");
  return beside(left, right);
}

/** Two pictures of one size and type side by side. */
function beside(left: Picture, right: Picture): Picture {
  const { height, channels } = left;
  const row = left.width * channels;
  const data = likeData(left, 2 * row * height);
  for (let y = 0; y < height; y++) {
    data.set(left.data.subarray(y * row, (y + 1) * row), 2 * y * row);
    data.set(right.data.subarray(y * row, (y + 1) * row), (2 * y + 1) * row);
  }
  return { data, width: 2 * left.width, height, channels };
}

async function shrink(path: string, size: number, kept: boolean): Promise<Picture | Uint8Array> {
  const picture = await decodeAsStored(path);
  const shorter = Math.min(picture.width, picture.height);
  if (shorter <= size && kept) return await Deno.readFile(path);
  const scale = Math.min(1, size / shorter);
  // A file of two halves keeps two halves.
  const even = picture.width % 2 === 0 ? 2 : 1;
  const smaller: Size = {
    width: Math.max(even, Math.round(picture.width * scale / even) * even),
    height: Math.max(1, Math.round(picture.height * scale)),
  };
  return await resizePicture(picture, smaller, "cubic");
}

async function decodeAsStored(path: string): Promise<Picture> {
  const { channels } = await describePictureFile(path);
  return await decodePicture(path, { channels: channels < 3 ? 1 : 3, depth: "stored" });
}
