/** How a run ended, and what changed on its way, as far as its folder tells. */
import { join } from "@std/path";
import { readState } from "../runs/checkpoint_state.ts";
import { entriesIn, isTemporary } from "../base/files.ts";
import { PairlabError } from "../base/errors.ts";
import { differences } from "../runs/history.ts";
import type { RunRecord } from "../runs/run_folder.ts";

/** Why no more steps are to come: all epochs are done, or a callback's reason; `null` while there are. */
export type Ending = "finished" | { readonly stopped: string } | null;

/** The parameters of a run as it went on last: with more epochs than at first, perhaps. */
export function parametersNow({ parameters, resumed = [] }: RunRecord): RunRecord["parameters"] {
  return { ...parameters, ...resumed.at(-1)?.parameters };
}

/** How a run ended of which so many epochs are logged. */
export async function endingOf(
  folder: string,
  record: RunRecord,
  epochs: number,
): Promise<Ending> {
  const stopped = await stoppedBy(join(folder, "checkpoints"), epochs);
  if (stopped !== null) return { stopped };
  return epochs >= Number(parametersNow(record).epochs) ? "finished" : null;
}

/** Why the training was stopped after this epoch; null if it was not, or nothing tells. */
async function stoppedBy(checkpoints: string, epochs: number): Promise<string | null> {
  let newest: { readonly step: number; readonly stopped: string | null } | undefined;
  for (const { name, isDirectory } of await entriesIn(checkpoints)) {
    if (!isDirectory || isTemporary(name)) continue;
    try {
      const state = await readState(join(checkpoints, name));
      if (state.step < (newest?.step ?? 0)) continue;
      // One of another moment than the log's end was left behind.
      const isEnd = state.epoch === epochs && state.stepInEpoch === 0;
      newest = { step: state.step, stopped: isEnd ? state.stopped : null };
    } catch (error) {
      // A damaged one tells nothing; `resume` says what is wrong with it.
      if (!(error instanceof PairlabError)) throw error;
    }
  }
  return newest?.stopped ?? null;
}

/** In what a run went on otherwise than before, in words: `from step 60 on: engine cpu, now wasm`. */
export function changesOf(
  { engine, notFinite = "stop", parameters, resumed = [] }: RunRecord,
): string[] {
  let before = { engine, notFinite, parameters };
  return resumed.flatMap((going) => {
    const now = { ...going, parameters: { ...parameters, ...going.parameters } };
    const words = [
      ...going.experiment === undefined ? [] : ["another text of its experiment"],
      ...differences(before.engine, now.engine),
      ...Object.entries(now.parameters).flatMap(([key, value]) =>
        String(value) === String(before.parameters[key])
          ? []
          : [`${key} ${before.parameters[key]}, now ${value}`]
      ),
      ...before.notFinite === now.notFinite
        ? []
        : [`not-finite ${before.notFinite}, now ${now.notFinite}`],
    ];
    before = now;
    return words.length === 0 ? [] : [`from step ${going.step} on: ${words.join("; ")}`];
  });
}
