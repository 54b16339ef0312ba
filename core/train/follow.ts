/** The training of every worker but the first. */
import type { Training } from "./training.ts";

/**
 * Trains beside the first of several workers, as long as it does: without callbacks, files or words.
 *
 * @param signal Ends the training of all workers after the step under way.
 * @throws {PairlabError} If another worker is lost.
 */
export async function follow(training: Training, signal: AbortSignal): Promise<void> {
  while (!training.ended) {
    for await (const pairs of training.batches()) {
      if (await training.step(pairs) === null) break;
      if (await training.agree(signal.aborted)) return;
    }
    if (training.midEpoch) continue;
    await training.finishEpoch();
    await training.agree(false);
  }
}
