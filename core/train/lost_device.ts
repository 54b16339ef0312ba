/** Trainings that go on when the GPU's device is lost. */
import { asDeviceLost } from "../backends/engine_error.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { asArgument } from "../base/shell_argument.ts";
import { say } from "../base/terminal.ts";
import { appendToRunLog } from "../runs/run_log.ts";
import { type ResumeOptions, resumeRun } from "./start.ts";
import { type Outcome, train } from "./train.ts";
import type { Training } from "./training.ts";

/** Losses of the device within an hour after which a training gives up: the next one would be lost too. */
const MOST = 3;
const HOUR_MS = 3_600_000;

/** What does not come from the run's record when it is resumed. */
export type ReopenedWith = Pick<ResumeOptions, "checkpointEvery" | "experiment" | "allowChanges">;

/**
 * Trains as {@link train} does. When the GPU's device is lost (the driver restarts), the run goes on
 * from its newest checkpoint on a new device, to the bit as `deno task resume` would: at most three
 * times an hour, and each time is said and noted in run.log.
 *
 * @param training Of a run that this process has begun or resumed.
 * @returns The outcome, and the training that came to it.
 * @throws Whatever {@link train} throws.
 */
export async function trainOnNewDevices(
  training: Training,
  signal: AbortSignal,
  options: ReopenedWith = {},
): Promise<Outcome & { readonly training: Training }> {
  const { folder } = training.run;
  const times: number[] = [];
  for (;;) {
    try {
      return { ...await train(training, signal), training };
    } catch (error) {
      const lost = asDeviceLost(error);
      if (lost === undefined || signal.aborted) throw error;
      times.push(performance.now());
      const within = times.filter((time) => times.at(-1)! - time < HOUR_MS).length;
      const which = `${within} of at most ${MOST} times an hour`;
      if (within > MOST) throw error;
      const line =
        `Warning: the GPU's device was lost (${lost.why}). Going on from the newest checkpoint on a new device (${which})`;
      say(line);
      appendToRunLog(folder, line);
      training = await reopen(folder, options);
    }
  }
}

async function reopen(folder: string, options: ReopenedWith): Promise<Training> {
  try {
    return await resumeRun(folder, { ...options, locked: true });
  } catch (error) {
    throw new PairlabError(
      `Cannot go on after the GPU's device was lost: ${
        messageOf(error)
      }. Resume the run when the device is back, with deno task resume ${asArgument(folder)}`,
      { cause: error },
    );
  }
}
