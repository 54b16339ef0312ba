/** `deno task watch [RUN…]`: a live page of runs, sweeps, or folders of them. */
import process from "node:process";
import { PairlabError } from "../base/errors.ts";
import { exists } from "../base/files.ts";
import { runCommand } from "../base/program.ts";
import { say } from "../base/terminal.ts";
import { servePage } from "../watch/serve.ts";
import { command, userPath } from "./cli.ts";
import { wholeNumber } from "./options.ts";

await runCommand(async () => {
  const program = command("watch", "Show runs live in a browser: curves, samples, health.")
    .argument("[runs...]", "run folders, ablations, or folders of them", ["runs"])
    .option("--port <port>", "where the page is (default: 7077, or the next free one)", wholeNumber)
    .option(
      "--host <address>",
      "who can see it; others than this machine need a token",
      "127.0.0.1",
    )
    .option("--while-open", "end when standard input ends", false)
    .parse(Deno.args, { from: "user" });
  const { host, port, whileOpen } = program.opts();
  const folders = (program.processedArgs[0] as string[]).map(userPath);
  for (const folder of folders) {
    if (program.args.length === 0 || await exists(folder)) continue;
    throw new PairlabError(
      `Cannot watch "${folder}": it does not exist. Name a run folder, or a folder of runs.`,
    );
  }
  const page = await servePage(folders, { host, port, say });
  say(`Watch ${folders.join(", ")} at ${page.address}`);
  if (whileOpen) {
    // However the process at the other end of it ended.
    for (const event of ["end", "error"]) process.stdin.on(event, () => Deno.exit(0));
    process.stdin.resume();
  } else say("Ctrl-C ends the page; it never touches a training");
  await page.finished;
});
