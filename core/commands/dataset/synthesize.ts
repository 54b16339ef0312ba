/** `deno task dataset synthesize`: drawn flowers as files. */
import type { Command } from "commander";
import { writeSource } from "../../dataset/prepare/write_source.ts";
import { plainCommand, userPath } from "../cli.ts";
import { wholeNumber } from "../options.ts";
import { formatOption, number, sayOutcome, withBar } from "./subcommand.ts";

interface Options {
  readonly out: string;
  readonly count: number;
  readonly size: number;
  readonly seed: number;
  readonly blur: number;
  readonly format: "png" | "jpg";
}

/** The subcommand. */
export function synthesizeCommand(): Command {
  return plainCommand("synthesize", "Draw flowers, blurred and sharp.")
    .option("--out <folder>", "the folder for input/ and output/", "dataset")
    .option("--count <pairs>", "how many pairs to draw", wholeNumber, 500)
    .option("--size <pixels>", "height and width", wholeNumber, 256)
    .option("--seed <number>", "the seed of the flowers", number, 23)
    .option("--blur <share>", "radius of the blur, as a share of the size", number, 0.043)
    .addOption(formatOption())
    .action(synthesize);
}

async function synthesize({ out, format, ...options }: Options): Promise<void> {
  const { syntheticFlowers } = await import("../../../mod.ts");
  const folder = userPath(out);
  const outcome = await withBar(
    "Drawing flowers",
    (onProgress) =>
      writeSource(syntheticFlowers(options), folder, {
        recipe: { synthesize: "flowers", ...options },
        format,
        onProgress,
      }),
  );
  sayOutcome(folder, outcome);
}
