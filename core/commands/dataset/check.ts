/** `deno task dataset check`: what is wrong with a data set, before anything is trained on it. */
// deno-lint-ignore-file explicit-module-boundary-types -- A command's type says what it reads.
import { basename, dirname, join, resolve } from "@std/path";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { checkDataset } from "../../dataset/check/check.ts";
import { composeReportSheet, countProblems, describeReport } from "../../dataset/check/report.ts";
import { exists } from "../../dataset/prepare/outputs.ts";
import { PairlabError } from "../../base/errors.ts";
import type { Levels } from "../../pictures/decode.ts";
import { writePicture } from "../../pictures/encode.ts";
import { defaultRunFolder } from "../../runs/run_folder.ts";
import { say, withBar } from "../../base/terminal.ts";
import { subcommand, userPath } from "../cli.ts";
import { wholeNumber } from "../options.ts";
import { addLayoutOptions, number } from "./subcommand.ts";

/** The subcommand. */
export const checkCommand = () => described().action(check);

function described() {
  const command = subcommand("check", "Find what is wrong with a data set.")
    .argument("[path]", "its folder, or its manifest (.csv, .tsv, .jsonl)", "dataset");
  return addLayoutOptions(command)
    .option(
      "--shift <percent>",
      "report shifts larger than this, in percent of the longer side",
      percent,
      1.5,
    )
    .option("--size <pixels>", "report pictures smaller than this", wholeNumber, 256)
    .option("--seed <number>", "the seed that an experiment would split it by", number, 23)
    .option("--input-levels <levels>", "values of black and white in the inputs, e.g. 0..1", levels)
    .option("--target-levels <levels>", "values of black and white in the targets", levels)
    .option("--sheet <file>", "the file for the contact sheet (default: runs/check-…png)")
    .option("--no-sheet", "do not draw a contact sheet")
    .option("--json", "print every finding as JSON")
    .addHelpText(
      "after",
      "\nThe exit status is 1 if something would stop a training or spoil its results.",
    );
}

type Options = ReturnType<ReturnType<typeof described>["opts"]>;

async function check(
  path: string,
  { shift, sheet, json, inputLevels, targetLevels, ...given }: Options,
): Promise<void> {
  const options = { ...given, levels: { input: inputLevels, target: targetLevels } };
  const folder = userPath(path);
  const checked = await withBar(
    "Checking pairs",
    (onProgress) => checkDataset(folder, { ...options, shift: shift / 100, onProgress }),
  );
  const { report } = checked;
  if (json !== true) say(describeReport(report));
  let drawn: string | null = null;
  if (sheet !== false && report.pairs > 0) {
    drawn = typeof sheet === "string" ? userPath(sheet) : defaultSheet(folder);
    if (await exists(drawn)) {
      throw new PairlabError(
        `Cannot write the contact sheet "${drawn}": it exists. Use another name.`,
      );
    }
    await Deno.mkdir(dirname(drawn), { recursive: true });
    await writePicture(drawn, await composeReportSheet(checked));
    if (json !== true) say(`Contact sheet: ${drawn}`);
  }
  if (json === true) say(JSON.stringify({ ...report, sheet: drawn }, null, 2));
  const problems = countProblems(report);
  if (problems > 0) {
    throw new PairlabError(
      `Cannot train on "${folder}" as it is: ${problems} ${
        problems === 1 ? "problem" : "problems"
      }, named above`,
    );
  }
}

/** `runs/check-flowers-20261123-173000.png`. */
function defaultSheet(folder: string): string {
  const run = defaultRunFolder(`check-${basename(resolve(folder))}`, new Date());
  return join(dirname(run), `${basename(run)}.png`);
}

/** `0..4095`. */
function levels(text: string): Levels {
  const ends = text.split("..").map(number);
  if (ends.length === 2 && ends[0] !== ends[1]) return [ends[0]!, ends[1]!];
  throw new InvalidArgumentError("Use two numbers, e.g. 0..1.");
}

function percent(text: string): number {
  const value = number(text);
  if (value > 0 && value < 100) return value;
  throw new InvalidArgumentError("Use a number between 0 and 100.");
}
