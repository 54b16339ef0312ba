/** What the subcommands of `deno task dataset` share. */
// deno-lint-ignore-file explicit-module-boundary-types -- An option's type says what it reads.
import {
  type Command,
  InvalidArgumentError,
  Option,
  type OptionValues,
} from "@commander-js/extra-typings";
import { LAYOUTS } from "../../dataset/survey.ts";
import type { OnProgress } from "../../base/at_once.ts";
import type { Outcome } from "../../dataset/prepare/outputs.ts";
import { say, withBar } from "../../base/terminal.ts";
import { userPath } from "../cli.ts";

/** `--layout`, `--input`, `--output`, `--direction`: how a data set is read. */
export function addLayoutOptions<Args extends unknown[], Values extends OptionValues>(
  command: Command<Args, Values>,
) {
  return command
    .addOption(
      new Option("--layout <layout>", "its layout (default: recognised from its files)")
        .choices(LAYOUTS),
    )
    .option("--input <folder>", "the folder of inputs", "input")
    .option("--output <folder>", "the folder of targets", "output")
    .addOption(directionOption());
}

/** `--direction`: of files with two pictures side by side. */
export const directionOption = () =>
  new Option("--direction <direction>", "in side-by-side files: which half is the input")
    .choices(["AtoB", "BtoA"]).default("AtoB");

/** `--format`: of pictures that are written. */
export const formatOption = () =>
  new Option("--format <format>", "the format of the pictures")
    .choices(["png", "jpg"]).default("png");

/** For options that are numbers. */
export function number(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Use a number.");
}

/** Fills a folder under a bar, and says what was done. */
export async function fill(
  out: string,
  label: string,
  body: (folder: string, onProgress: OnProgress) => Promise<Outcome>,
): Promise<void> {
  const folder = userPath(out);
  sayOutcome(folder, await withBar(label, (onProgress) => body(folder, onProgress)));
}

/** Says what was done to a folder. */
function sayOutcome(folder: string, { made, kept }: Outcome): void {
  const before = kept === 0 ? "" : `, ${kept} existed and were kept`;
  say(`${made} made in "${folder}"${before}`);
}
