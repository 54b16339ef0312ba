/** `deno task resume RUN`: continues a run, exactly. */
import { checkRunTrusted } from "../runs/reopen.ts";
import { resumeRun } from "../train/start.ts";
import { say } from "../base/terminal.ts";
import { runCommand } from "../base/program.ts";
import { command, parseOverrides, userPath, userValues } from "./cli.ts";
import { listenForSignals, trainToTheEnd } from "./interruptible.ts";
import {
  attachedOption,
  followIfAsked,
  openRoster,
  workerOption,
  workersOption,
} from "./workers.ts";
import { backendOption, checkpointEveryOption, compileOption, notFiniteOption } from "./options.ts";

await runCommand(async () => {
  const program = command("resume", "Resume a run from its newest checkpoint.")
    .argument("<run>", "the run folder")
    .addOption(backendOption())
    .addOption(compileOption())
    .addOption(checkpointEveryOption())
    .addOption(notFiniteOption())
    .addOption(workersOption())
    .addOption(workerOption())
    .addOption(attachedOption())
    .option("--experiment <file>", "the experiment's new place, if it has moved")
    .option("--allow-changes", "accept an experiment whose text has changed")
    .option("--trust", "run the experiment's file though you have not trained with it here")
    .allowUnknownOption()
    .allowExcessArguments()
    .usage("RUN [--key=value …] [options]")
    .addHelpText(
      "after",
      "\nParameters of the experiment may change, e.g. --epochs=200 (train longer), --dataset=FOLDER (it has\nmoved) or --rate=1e-4; run.json records it. The seed, size and batch may not.",
    )
    .parse(Deno.args, { from: "user" });
  const [folder = "", ...rest] = program.args;
  const options = program.opts();
  const parameters = await userValues(parseOverrides(rest));
  const { trust, experiment } = options;
  if (experiment === undefined) await checkRunTrusted(userPath(folder), { trust });
  const interrupts = await listenForSignals();
  const roster = await openRoster(options);
  const training = await resumeRun(userPath(folder), {
    ...options,
    roster,
    parameters,
  });
  if (await followIfAsked(training, roster, interrupts)) return;
  const { run, ended, stopped } = training;
  if (ended) {
    const why = stopped === null
      ? `epoch ${run.epochs} of ${run.epochs} is done`
      : `it was stopped after epoch ${run.done.epoch} (${stopped})`;
    say(
      `Nothing to do: ${why}. Train longer with --epochs=${
        Math.max(run.epochs, run.done.epoch + 25)
      }`,
    );
    return;
  }
  const { checkpointEvery, allowChanges } = options;
  await trainToTheEnd(training, interrupts, { checkpointEvery, experiment, allowChanges });
});
