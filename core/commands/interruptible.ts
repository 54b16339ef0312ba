import { say } from "../base/terminal.ts";
import { train } from "../train/train.ts";
import type { Training } from "../train/training.ts";
import { asArgument } from "../base/argument.ts";

/** The exit status of a process that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * Trains to the end. The first Ctrl-C finishes the step and saves; the second leaves at once, and
 * the last checkpoint stands. Says how to go on.
 */
export async function trainToTheEnd(training: Training): Promise<void> {
  const { run } = training;
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) Deno.exit(INTERRUPTED);
    controller.abort();
    say("Finishing this step, then saving; Ctrl-C again leaves at once");
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, onSignal);

  const { end, folder } = await train(training, controller.signal);
  const { epoch, step } = run.done;
  const where = `epoch ${epoch}, step ${step}`;
  if (end === "stopped") say(`Stopped early: ${training.stopped}`);
  if (end !== "interrupted") {
    say(
      `Finished after ${where}. Translate pictures with:\n  ${use("predict", folder)} INPUT…`,
    );
  } else {
    say(`Saved after ${where}. Go on with:\n  ${use("resume", folder)}`);
    Deno.exit(INTERRUPTED);
  }
}

function use(task: string, folder: string): string {
  return `deno task ${task} ${asArgument(folder)}`;
}
