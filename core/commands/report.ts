/** `deno task report RUN… | ABLATION`: a self-contained HTML file. */
import { animateRuns } from "../report/animate.ts";
import { writeReport } from "../report/report.ts";
import { say } from "../base/terminal.ts";
import { runCommand } from "../base/program.ts";
import { command, userPath } from "./cli.ts";

await runCommand(async () => {
  const program = command(
    "report",
    "Write one HTML file about runs or an ablation: curves, samples, differences, evaluations.",
  )
    .argument("<runs...>", "run folders, or the folder of one ablation")
    .option("--out <file>", "the file to write", "report.html")
    .option("--overwrite", "replace a file that is not a report")
    .option("--animate", "draw samples over the epochs too, as animated WebP and contact sheet")
    .parse(Deno.args, { from: "user" });
  const options = program.opts();
  const out = userPath(options.out);
  const { runs, warnings, size } = await writeReport(program.args.map(userPath), out, options);
  for (const warning of warnings) say(`Warning: ${warning}`);
  say(`Report on ${runs} run${runs === 1 ? "" : "s"}: ${out} (${(size / 1e6).toFixed(1)} MB)`);
  if (options.animate === undefined) return;
  for (const line of await animateRuns(program.args.map(userPath), out)) say(line);
});
