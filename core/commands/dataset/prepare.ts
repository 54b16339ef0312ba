/** `deno task dataset prepare`: pairs out of pictures, and data sets in another layout. */
// deno-lint-ignore-file explicit-module-boundary-types -- A command's type says what it reads.
import { Option } from "@commander-js/extra-typings";
import { prepareDegraded } from "../../dataset/prepare/degrade.ts";
import { combinePairs, partPairs, shrinkPictures } from "../../dataset/prepare/rearrange.ts";
import { drawEdges } from "../../pictures/edges.ts";
import { checkSplitOptions } from "../../data/splits.ts";
import type { Degradation } from "../../interfaces/pictures.ts";
import { subcommand, userPath } from "../cli.ts";
import { wholeNumber } from "../options.ts";
import { loadDegradations } from "./degradations.ts";
import { addLayoutOptions, directionOption, fill, formatOption, number } from "./subcommand.ts";

/** The subcommand, with subcommands of its own. */
export function prepareCommand() {
  return subcommand("prepare", "Make pairs from pictures, or convert pairs to another layout.")
    .addHelpText("after", "\nExisting files are kept: repeat an interrupted command to finish it.")
    .addCommand(degradeCommand())
    .addCommand(edgesCommand())
    .addCommand(combineCommand())
    .addCommand(apartCommand())
    .addCommand(downscaleCommand());
}

/** A subcommand that makes pairs of the pictures of a folder. */
function fromPictures(name: string, description: string) {
  return subcommand(name, description)
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

function degradeCommand() {
  return fromPictures("degrade", "Degrade pictures; the originals are the targets.")
    .addOption(
      new Option(
        "--by <degradation>",
        "a degradation, e.g. gaussianBlur:sigma=1..4, or the path of a module; repeat for several",
      ).argParser((text, before: string[]) => [...before, text]).default([], "gaussianBlur"),
    )
    .action(async (pictures, { by, out, ...options }) => {
      checkSplitOptions(options);
      const described = by.length === 0 ? ["gaussianBlur"] : by;
      const how = { ...options, degrade: await loadDegradations(described), described };
      await fill(
        out,
        "Spoiling pictures",
        (folder, onProgress) => prepareDegraded(userPath(pictures), folder, { ...how, onProgress }),
      );
    });
}

function edgesCommand() {
  return fromPictures("edges", "Draw the edges of pictures; the pictures are the targets.")
    .option("--sigma <pixels>", "blur before; the more, the fewer details", number, 1.4)
    .option("--high <level>", "steepness at which a line may begin", number, 12)
    .option("--low <level>", "steepness down to which it goes on", number, 5)
    .action((pictures, { out, sigma, high, low, ...options }) => {
      const parameters = { sigma, high, low };
      const draw: Degradation = {
        name: "edgeDrawing",
        apply: (picture) => ({ picture: drawEdges(picture, parameters), parameters }),
      };
      const described = [`edges ${JSON.stringify(parameters)}`];
      const how = { ...options, degrade: [draw], described };
      return fill(
        out,
        "Drawing edges",
        (folder, onProgress) => prepareDegraded(userPath(pictures), folder, { ...how, onProgress }),
      );
    });
}

function combineCommand() {
  const command = subcommand("combine", "Join input and target side by side in one file, A|B.")
    .argument("<dataset>", "two folders of pairs, or a manifest")
    .requiredOption("--out <folder>", "where the files go");
  return addLayoutOptions(command).addOption(formatOption())
    .action((dataset, { out, ...options }) =>
      fill(
        out,
        "Combining pairs",
        (folder, onProgress) => combinePairs(userPath(dataset), folder, { ...options, onProgress }),
      )
    );
}

function apartCommand() {
  return subcommand("apart", "Split side-by-side files into two folders.")
    .argument("<dataset>", "a folder of such files, or of train, val and test")
    .requiredOption("--out <folder>", "the folder for input/ and output/")
    .addOption(directionOption())
    .addOption(formatOption())
    .action((dataset, { out, ...options }) =>
      fill(
        out,
        "Cutting apart",
        (folder, onProgress) => partPairs(userPath(dataset), folder, { ...options, onProgress }),
      )
    );
}

function downscaleCommand() {
  const command = subcommand("downscale", "Copy a data set with smaller pictures.")
    .argument("<dataset>", "its folder")
    .requiredOption("--out <folder>", "where the copy goes")
    .requiredOption("--size <pixels>", "the most that the shorter side may have", wholeNumber);
  return addLayoutOptions(command)
    .action((dataset, { out, ...options }) =>
      fill(
        out,
        "Shrinking pictures",
        (folder, onProgress) =>
          shrinkPictures(userPath(dataset), folder, { ...options, onProgress }),
      )
    );
}
