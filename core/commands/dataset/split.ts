/** `deno task dataset split`: train, val and test, as folders or as a manifest. */
import type { Command } from "commander";
import {
  divideIntoFolders,
  divideIntoManifest,
  isManifestPath,
} from "../../dataset/prepare/divide.ts";
import type { Layout } from "../../dataset/survey.ts";
import { say } from "../../base/terminal.ts";
import { plainCommand, userPath } from "../cli.ts";
import { addLayoutOptions, number, sayOutcome, withBar } from "./subcommand.ts";

interface Options {
  readonly layout?: Layout;
  readonly input: string;
  readonly output: string;
  readonly direction: "AtoB" | "BtoA";
  readonly out: string;
  readonly val: number;
  readonly test: number;
  readonly seed: number;
}

/** The subcommand. */
export function splitCommand(): Command {
  const command = plainCommand("split", "Split a data set into train, val and test.")
    .argument("<dataset>", "its folder, or its manifest")
    .requiredOption(
      "--out <place>",
      "a new folder for copies, or a new .csv file in the data set's folder for a manifest",
    );
  return addLayoutOptions(command)
    .option("--val <share>", "the share for validation", number, 0)
    .option("--test <share>", "the share for testing", number, 0.2)
    .option("--seed <number>", "the seed of the split", number, 23)
    .action(split);
}

async function split(dataset: string, { out, ...options }: Options): Promise<void> {
  const source = userPath(dataset), place = userPath(out);
  if (isManifestPath(place)) {
    const count = await divideIntoManifest(source, place, options);
    say(`${count} ${count === 1 ? "pair" : "pairs"} listed in "${place}"`);
    return;
  }
  const outcome = await withBar(
    "Copying pictures",
    (onProgress) => divideIntoFolders(source, place, { ...options, onProgress }),
  );
  sayOutcome(place, outcome);
}
