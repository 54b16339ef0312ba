/** `deno task resume RUN`: go on with a run, exactly. */
import type { Interval } from "../autosave.ts";
import type { EngineChoice } from "../backends/engine.ts";
import { resumeRun } from "../session.ts";
import { say } from "../terminal.ts";
import { command, runCommand, userPath } from "./cli.ts";
import { trainToTheEnd } from "./interruptible.ts";
import { backendOption, checkpointEveryOption } from "./options.ts";

interface ResumeCommandOptions {
  readonly backend?: EngineChoice;
  readonly checkpointEvery?: Interval;
  readonly experiment?: string;
  readonly epochs?: string;
}

await runCommand(async () => {
  const program = command("resume", "Go on with a run from its newest checkpoint.")
    .argument("<run>", "the run folder")
    .addOption(backendOption())
    .addOption(checkpointEveryOption())
    .option("--experiment <file>", "where the experiment is now, if it has moved")
    .option("--epochs <number>", "train longer than was planned")
    .parse(Deno.args, { from: "user" });
  const [folder = ""] = program.args;
  const training = await resumeRun(userPath(folder), program.opts<ResumeCommandOptions>());
  if (training.run.done.epoch >= training.run.epochs) {
    say(
      `Nothing to do: all ${training.run.epochs} epochs are done, --epochs=${
        training.run.epochs + 25
      } trains on`,
    );
    return;
  }
  await trainToTheEnd(training);
});
