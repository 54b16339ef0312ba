/** `deno task train EXPERIMENT`: the main job. */
import { isPath, loadExperiment } from "../experiment/plan.ts";
import { say } from "../base/terminal.ts";
import { rememberTrusted } from "../experiment/trust.ts";
import { beginRun } from "../train/start.ts";
import { runCommand } from "../base/program.ts";
import { openOrigins, type TrainedNetworks } from "../runs/origin.ts";
import { command, modulePath, parseOverrides, userPath, userValues } from "./cli.ts";
import {
  backendOption,
  checkpointEveryOption,
  compileOption,
  notFiniteOption,
  wholeNumber,
} from "./options.ts";
import { listenForSignals, trainToTheEnd } from "./interruptible.ts";
import { watchBeside } from "./watch_beside.ts";
import {
  attachedOption,
  followIfAsked,
  openRoster,
  workerOption,
  workersOption,
} from "./workers.ts";

await runCommand(async () => {
  const program = command("train", "Train an experiment.")
    .argument("<experiment>", "a name in experiments/, or the path or URL of a module")
    .addOption(backendOption().default("auto"))
    .addOption(compileOption().default("on"))
    .option("--exact", "compute every convolution directly, and none by tiles", false)
    .option(
      "--from <weights>",
      "begin with those of RUN, RUN:CHECKPOINT or a network's file; G and D may be named one by one",
      (path: string, before: string[] = []) => [...before, userPath(path)],
    )
    .addOption(checkpointEveryOption())
    .addOption(notFiniteOption())
    .addOption(workersOption())
    .addOption(workerOption())
    .addOption(attachedOption())
    .option("--limit <pairs>", "train on the first pairs only", wholeNumber)
    .option("--run <folder>", "the run folder (default: runs/<experiment>-<time>)", userPath)
    .option("--no-check", "do not type-check the experiment first")
    .option("--watch", "show the run live in a browser", false)
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .option("-h, --help", "show this help, and the experiment's parameters")
    .usage("EXPERIMENT [--key=value …] [options]");
  if (asksForHelp()) return await showHelp(program.helpInformation());
  program.parse(Deno.args, { from: "user" });

  const options = program.opts();
  const [reference = "", ...rest] = program.args;
  const interrupts = await listenForSignals();
  const roster = await openRoster(options);
  const training = await beginRun(modulePath(reference), {
    parameters: await userValues(parseOverrides(rest)),
    ...options,
    roster,
    folder: options.run,
    from: options.from === undefined ? undefined : await openOrigins(options.from, readForeign),
  });
  if (await followIfAsked(training, roster, interrupts)) return;
  if (options.watch) watchBeside(training.run.folder);
  if (isPath(reference) || URL.canParse(reference)) await rememberTrusted(modulePath(reference));
  await trainToTheEnd(training, interrupts, { checkpointEvery: options.checkpointEvery });
});

/** A network that was trained elsewhere. */
async function readForeign(path: string): Promise<TrainedNetworks> {
  const { readNetwork } = await import("../export/import.ts");
  return await readNetwork(path);
}

function asksForHelp(): boolean {
  return Deno.args.includes("--help") || Deno.args.includes("-h");
}

async function showHelp(text: string): Promise<void> {
  say(text);
  const reference = Deno.args.find((argument) => !argument.startsWith("-"));
  if (reference === undefined) return;
  const { experiment, name } = await loadExperiment(modulePath(reference));
  say(`Parameters of ${name}:`);
  for (const [key, value] of Object.entries(experiment.defaults)) {
    const words = experiment.choices[key]?.join(" | ") ?? typeof value;
    say(`  --${key}=${value}`.padEnd(32) + words);
  }
}
