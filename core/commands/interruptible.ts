/** Trainings that a signal interrupts: the step is finished and saved. */
import { asArgument } from "../base/shell_argument.ts";
import { messageOf } from "../base/errors.ts";
import { isHangupIgnored, SAME_SIGNAL_MS, SIGNALS } from "../base/signals.ts";
import { lostOutput, say, sayElsewhere } from "../base/terminal.ts";
import { appendToRunLog } from "../runs/run_log.ts";
import { type ReopenedWith, trainOnNewDevices } from "../train/lost_device.ts";
import type { Training } from "../train/training.ts";

/** The exit status of a process that Ctrl-C ended. */
const INTERRUPTED = 130;

/** The signals that a process is sent. */
export interface Interrupts {
  /** Raised by the first signal. */
  readonly signal: AbortSignal;
  /** From here on a signal saves before the process ends. @param folder Of the run. */
  trainsIn(folder: string): void;
}

/**
 * Listens for signals. Before the training the first one ends the process. Then the first one raises
 * `signal`; another Ctrl-C, more than a second later, ends the process at once.
 */
export async function listenForSignals(): Promise<Interrupts> {
  // Asked before the first listener: Deno then takes over all of these signals.
  const ignored = await isHangupIgnored();
  const controller = new AbortController();
  let first = 0;
  let folder: string | undefined;
  const onSignal = (name: Deno.Signal): void => {
    if (name === "SIGHUP" && ignored) return;
    if (folder === undefined) Deno.exit(INTERRUPTED);
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort();
      // A worker other than the first has no folder.
      if (name !== "SIGINT" && folder !== "") {
        appendToRunLog(folder, `${name}: finishing this step, then saving`);
      }
      say("Finishing this step, then saving; Ctrl-C again leaves at once");
    } else if (name !== "SIGHUP" && performance.now() - first > SAME_SIGNAL_MS) {
      Deno.exit(INTERRUPTED);
    }
  };
  for (const name of SIGNALS) Deno.addSignalListener(name, () => onSignal(name));
  return {
    signal: controller.signal,
    trainsIn: (run) => {
      folder = run;
    },
  };
}

/** Trains to the end, or until a signal, and prints the command to continue with. */
export async function trainToTheEnd(
  begun: Training,
  interrupts: Interrupts,
  options: ReopenedWith,
): Promise<void> {
  const { run } = begun;
  interrupts.trainsIn(run.folder);
  let told = false;
  sayElsewhere((line) => {
    if (!told) {
      told = true;
      const reason = messageOf(lostOutput());
      appendToRunLog(run.folder, `Standard output is lost (${reason}); its lines follow here`);
    }
    appendToRunLog(run.folder, line);
  });

  const { end, folder, training } = await trainOnNewDevices(begun, interrupts.signal, options);
  const { epoch, step } = training.run.done;
  const where = `epoch ${epoch}, step ${step}`;
  if (end === "stopped") say(`Stopped early: ${training.stopped}`);
  if (end !== "interrupted") {
    say(`Finished after ${where}. Translate pictures with:\n  ${use("predict", folder)} INPUT…`);
  } else {
    say(`Saved after ${where}. Resume with:\n  ${use("resume", folder)}`);
    Deno.exit(INTERRUPTED);
  }
}

function use(task: string, folder: string): string {
  return `deno task ${task} ${asArgument(folder)}`;
}
