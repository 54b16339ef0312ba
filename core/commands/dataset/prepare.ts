/** `deno task dataset prepare`: pairs out of pictures, and data sets in another layout. */
import { type Command, Option } from "commander";
import { prepareDegraded } from "../../dataset/prepare/degrade.ts";
import { combinePairs, partPairs, shrinkPictures } from "../../dataset/prepare/rearrange.ts";
import type { Outcome } from "../../dataset/prepare/outputs.ts";
import type { Layout } from "../../dataset/survey.ts";
import type { OnProgress } from "../../base/at_once.ts";
import { drawEdges } from "../../pictures/edges.ts";
import { checkSplitOptions } from "../../data/splits.ts";
import type { Fit } from "../../interfaces/experiment.ts";
import type { Degradation } from "../../interfaces/pictures.ts";
import { plainCommand, userPath } from "../cli.ts";
import { wholeNumber } from "../options.ts";
import { loadDegradations } from "./degradations.ts";
import {
  addLayoutOptions,
  directionOption,
  formatOption,
  number,
  sayOutcome,
  withBar,
} from "./subcommand.ts";

interface Written {
  readonly out: string;
  readonly format: "png" | "jpg";
}

interface FromPictures extends Written {
  readonly size?: number;
  readonly fit: Fit;
  readonly seed: number;
}

interface Rearranged extends Written {
  readonly layout?: Layout;
  readonly input: string;
  readonly output: string;
  readonly direction: "AtoB" | "BtoA";
}

/** The subcommand, with subcommands of its own. */
export function prepareCommand(): Command {
  return plainCommand("prepare", "Make pairs from pictures, or convert pairs to another layout.")
    .addHelpText("after", "\nExisting files are kept: repeat an interrupted command to finish it.")
    .addCommand(degradeCommand())
    .addCommand(edgesCommand())
    .addCommand(combineCommand())
    .addCommand(apartCommand())
    .addCommand(downscaleCommand());
}

/** Fills a folder under a bar, and says what was done. */
async function fill(
  out: string,
  label: string,
  body: (folder: string, onProgress: OnProgress) => Promise<Outcome>,
): Promise<void> {
  const folder = userPath(out);
  sayOutcome(folder, await withBar(label, (onProgress) => body(folder, onProgress)));
}

/** A subcommand that makes pairs of the pictures of a folder. */
function fromPictures(name: string, description: string): Command {
  return plainCommand(name, description)
    .argument("<pictures>", "a folder of pictures, or of train, val and test")
    .requiredOption("--out <folder>", "the folder for input/ and output/")
    .option("--size <pixels>", "resize pictures to size x size first", wholeNumber)
    .addOption(
      new Option("--fit <fit>", "how pictures of another aspect ratio are resized")
        .choices(["resize", "cover", "crop", "pad"]).default("resize"),
    )
    .option("--seed <number>", "the seed of the random values", number, 23)
    .addOption(formatOption());
}

function degradeCommand(): Command {
  return fromPictures("degrade", "Degrade pictures; the originals are the targets.")
    .addOption(
      new Option(
        "--by <degradation>",
        "a degradation, e.g. gaussianBlur:sigma=1..4, or the path of a module; repeat for several",
      ).argParser((text: string, before: readonly string[]) => [...before, text])
        .default([], "gaussianBlur"),
    )
    .action(async (pictures: string, { by, out, ...options }: FromPictures & {
      readonly by: readonly string[];
    }) => {
      checkSplitOptions(options);
      const described = by.length === 0 ? ["gaussianBlur"] : by;
      const degrade = await loadDegradations(described);
      await fill(
        out,
        "Spoiling pictures",
        (folder, onProgress) =>
          prepareDegraded(userPath(pictures), folder, {
            ...options,
            degrade,
            described,
            onProgress,
          }),
      );
    });
}

function edgesCommand(): Command {
  return fromPictures("edges", "Draw the edges of pictures; the pictures are the targets.")
    .option("--sigma <pixels>", "blur before; the more, the fewer details", number, 1.4)
    .option("--high <level>", "steepness at which a line may begin", number, 12)
    .option("--low <level>", "steepness down to which it goes on", number, 5)
    .action(async (pictures: string, { out, sigma, high, low, ...options }: FromPictures & {
      readonly sigma: number;
      readonly high: number;
      readonly low: number;
    }) => {
      const parameters = { sigma, high, low };
      const draw: Degradation = {
        name: "edgeDrawing",
        apply: (picture) => ({ picture: drawEdges(picture, parameters), parameters }),
      };
      const described = [`edges ${JSON.stringify(parameters)}`];
      await fill(
        out,
        "Drawing edges",
        (folder, onProgress) =>
          prepareDegraded(userPath(pictures), folder, {
            ...options,
            degrade: [draw],
            described,
            onProgress,
          }),
      );
    });
}

function combineCommand(): Command {
  const command = plainCommand("combine", "Join input and target side by side in one file, A|B.")
    .argument("<dataset>", "two folders of pairs, or a manifest")
    .requiredOption("--out <folder>", "where the files go");
  return addLayoutOptions(command).addOption(formatOption())
    .action((dataset: string, { out, ...options }: Rearranged) =>
      fill(
        out,
        "Combining pairs",
        (folder, onProgress) => combinePairs(userPath(dataset), folder, { ...options, onProgress }),
      )
    );
}

function apartCommand(): Command {
  return plainCommand("apart", "Split side-by-side files into two folders.")
    .argument("<dataset>", "a folder of such files, or of train, val and test")
    .requiredOption("--out <folder>", "the folder for input/ and output/")
    .addOption(directionOption())
    .addOption(formatOption())
    .action((dataset: string, { out, ...options }: Rearranged) =>
      fill(
        out,
        "Cutting apart",
        (folder, onProgress) => partPairs(userPath(dataset), folder, { ...options, onProgress }),
      )
    );
}

function downscaleCommand(): Command {
  const command = plainCommand("downscale", "Copy a data set with smaller pictures.")
    .argument("<dataset>", "its folder")
    .requiredOption("--out <folder>", "where the copy goes")
    .requiredOption("--size <pixels>", "the most that the shorter side may have", wholeNumber);
  return addLayoutOptions(command)
    .action((dataset: string, { out, ...options }: Rearranged & { readonly size: number }) =>
      fill(
        out,
        "Shrinking pictures",
        (folder, onProgress) =>
          shrinkPictures(userPath(dataset), folder, { ...options, onProgress }),
      )
    );
}
