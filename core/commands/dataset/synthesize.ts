/** `deno task dataset synthesize`: drawn flowers as files. */
// deno-lint-ignore-file explicit-module-boundary-types -- A command's type says what it reads.
import { writeSource } from "../../dataset/prepare/write_source.ts";
import { subcommand } from "../cli.ts";
import { wholeNumber } from "../options.ts";
import { fill, formatOption, number } from "./subcommand.ts";

/** The subcommand. */
export const synthesizeCommand = () =>
  subcommand("synthesize", "Draw flowers, blurred and sharp.")
    .option("--out <folder>", "the folder for input/ and output/", "dataset")
    .option("--count <pairs>", "how many pairs to draw", wholeNumber, 500)
    .option("--size <pixels>", "height and width", wholeNumber, 256)
    .option("--seed <number>", "the seed of the flowers", number, 23)
    .option("--blur <share>", "radius of the blur, as a share of the size", number, 0.043)
    .addOption(formatOption())
    .action(async ({ out, format, count, size, seed, blur }) => {
      const { syntheticFlowers } = await import("../../../mod.ts");
      const options = { count, size, seed, blur };
      const recipe = { synthesize: "flowers", ...options };
      await fill(
        out,
        "Drawing flowers",
        (folder, onProgress) =>
          writeSource(syntheticFlowers(options), folder, { recipe, format, onProgress }),
      );
    });
