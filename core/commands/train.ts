/** `deno task train EXPERIMENT`: the main job. */
import type { Interval } from "../train/autosave.ts";
import type { NotFinitePolicy } from "../runs/run_folder.ts";
import type { CompileMode } from "../backends/compile.ts";
import type { EngineChoice } from "../backends/engine.ts";
import { isPath, loadExperiment } from "../experiment/plan.ts";
import { say } from "../base/terminal.ts";
import { rememberTrusted } from "../experiment/trust.ts";
import { beginRun } from "../train/start.ts";
import { runCommand } from "../base/program.ts";
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

interface TrainOptions {
  readonly backend: EngineChoice;
  readonly compile: CompileMode;
  readonly checkpointEvery?: Interval;
  readonly exact: boolean;
  readonly notFinite?: NotFinitePolicy;
  readonly limit?: number;
  readonly run?: string;
  readonly check: boolean;
  readonly watch: boolean;
}

await runCommand(async () => {
  const program = command("train", "Train an experiment.")
    .argument("<experiment>", "a name in experiments/, or the path or URL of a module")
    .addOption(backendOption("auto"))
    .addOption(compileOption("on"))
    .option("--exact", "compute every convolution directly, and none by tiles", false)
    .addOption(checkpointEveryOption())
    .addOption(notFiniteOption())
    .option("--limit <pairs>", "train on the first pairs only", wholeNumber)
    .option("--run <folder>", "the run folder (default: runs/<experiment>-<time>)")
    .option("--no-check", "do not type-check the experiment first")
    .option("--watch", "show the run live in a browser", false)
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .option("-h, --help", "show this help, and the experiment's parameters")
    .usage("EXPERIMENT [--key=value …] [options]");
  if (asksForHelp()) return await showHelp(program.helpInformation());
  program.parse(Deno.args, { from: "user" });

  const options = program.opts<TrainOptions>();
  const [reference = "", ...rest] = program.args;
  const interrupts = await listenForSignals();
  const training = await beginRun(modulePath(reference), {
    parameters: await userValues(parseOverrides(rest)),
    backend: options.backend,
    compile: options.compile,
    exact: options.exact,
    limit: options.limit,
    folder: options.run === undefined ? undefined : userPath(options.run),
    check: options.check,
    checkpointEvery: options.checkpointEvery,
    notFinite: options.notFinite,
  });
  if (options.watch) watchBeside(training.run.folder);
  if (isPath(reference) || URL.canParse(reference)) await rememberTrusted(modulePath(reference));
  await trainToTheEnd(training, interrupts);
});

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
