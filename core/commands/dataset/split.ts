/** `deno task dataset split`: train, val and test, as folders or as a manifest. */
// deno-lint-ignore-file explicit-module-boundary-types -- A command's type says what it reads.
import {
  divideIntoFolders,
  divideIntoManifest,
  isManifestPath,
} from "../../dataset/prepare/divide.ts";
import { say } from "../../base/terminal.ts";
import { subcommand, userPath } from "../cli.ts";
import { addLayoutOptions, fill, number } from "./subcommand.ts";

/** The subcommand. */
export function splitCommand() {
  const command = subcommand("split", "Split a data set into train, val and test.")
    .argument("<dataset>", "its folder, or its manifest")
    .requiredOption(
      "--out <place>",
      "a new folder for copies, or a new .csv file in the data set's folder for a manifest",
    );
  return addLayoutOptions(command)
    .option("--val <share>", "the share for validation", number, 0)
    .option("--test <share>", "the share for testing", number, 0.2)
    .option("--seed <number>", "the seed of the split", number, 23)
    .action(async (dataset, { out, ...options }) => {
      const source = userPath(dataset), place = userPath(out);
      if (!isManifestPath(place)) {
        return await fill(
          out,
          "Copying pictures",
          (folder, onProgress) => divideIntoFolders(source, folder, { ...options, onProgress }),
        );
      }
      const count = await divideIntoManifest(source, place, options);
      say(`${count} ${count === 1 ? "pair" : "pairs"} listed in "${place}"`);
    });
}
