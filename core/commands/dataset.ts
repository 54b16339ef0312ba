/** `deno task dataset`: checks, prepares, splits and draws data sets. */
import { runCommand } from "../base/program.ts";
import { command } from "./cli.ts";
import { checkCommand } from "./dataset/check.ts";
import { prepareCommand } from "./dataset/prepare.ts";
import { splitCommand } from "./dataset/split.ts";
import { synthesizeCommand } from "./dataset/synthesize.ts";

await runCommand(async () => {
  await command("dataset", "Check data sets, and make them.")
    .addCommand(checkCommand())
    .addCommand(prepareCommand())
    .addCommand(splitCommand())
    .addCommand(synthesizeCommand())
    .parseAsync(Deno.args, { from: "user" });
});
