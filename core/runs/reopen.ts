/** A run's experiment and data as they were, for whoever goes on with it or measures it. */
import { PairlabError } from "../base/errors.ts";
import { changedSources, importedSources } from "../experiment/imported_sources.ts";
import type { GivenParameters } from "../experiment/parameters.ts";
import { loadExperiment, type Plan, planExperiment } from "../experiment/plan.ts";
import type { OpenedData } from "../interfaces/pictures.ts";
import { lastGoing } from "./history.ts";
import type { RunRecord } from "./run_folder.ts";
import { lastExperiment } from "./source_record.ts";
import { openBar } from "../base/terminal.ts";

/** What may differ from when the run began. */
export interface ReopenOptions {
  /** Where the experiment is now, if it has moved. */
  readonly experiment?: string | undefined;
  /**
   * Parameters that may change without changing what was trained: `epochs`, to train longer, and
   * `dataset`, for the same pictures at another place. @default as the run went on last
   */
  readonly parameters?: GivenParameters;
  /** Go on although the experiment's text has changed. @default false */
  readonly allowChanges?: boolean | undefined;
}

/** A run's experiment, planned again, and its data, opened again. */
export interface ReopenedRun {
  readonly plan: Plan;
  readonly data: OpenedData;
}

/**
 * Plans a run's experiment again and opens its data.
 *
 * @throws {PairlabError} If either is not what it was when the run began.
 */
export async function reopenRun(
  folder: string,
  { record, ...options }: ReopenOptions & { readonly record: RunRecord },
): Promise<ReopenedRun> {
  const plan = await planAgain(folder, record, options);
  const data = await openData(plan);
  if (data.fingerprint !== record.data.fingerprint) {
    throw new PairlabError(
      `Cannot reopen "${folder}": its data changed since it began (then: ${record.data.description}; now: ${data.description}), the pictures as they were would work`,
    );
  }
  return { plan, data };
}

async function planAgain(
  folder: string,
  record: RunRecord,
  { experiment, parameters, allowChanges = false }: ReopenOptions,
): Promise<Plan> {
  const reference = experiment ?? record.experiment.module;
  if (experiment === undefined && /^https?:/.test(reference)) {
    throw new PairlabError(
      `Cannot reopen "${folder}": its experiment came from "${reference}", --experiment=${reference} loads it again`,
    );
  }
  const module = await loadExperiment(reference);
  // A text that the run went on with, since changes were allowed, is its own from there on.
  const { sha256, imports } = lastExperiment(record);
  const [when, where] = record.resumed?.some((going) => going.experiment !== undefined)
    ? ["the run went on last", "the last of resumed, experiment."]
    : ["the run began", "experiment."];
  if (module.sha256 !== sha256 && !allowChanges) {
    throw new PairlabError(
      `Cannot reopen "${folder}": the experiment "${reference}" changed since ${when}, its text then (in run.json, as ${where}source) would work, or --allow-changes`,
    );
  }
  if (imports !== undefined && !allowChanges) {
    const changed = changedSources(imports, await importedSources(module));
    if (changed.length > 0) {
      throw new PairlabError(
        `Cannot reopen "${folder}": ${
          changed.map((path) => `"${path}"`).join(", ")
        }, imported by the experiment "${reference}", changed since ${when}, the text then (in run.json, as ${where}imports) would work, or --allow-changes`,
      );
    }
  }
  const before = { ...record.parameters, ...lastGoing(record).parameters };
  return planExperiment(module, { ...before, ...parameters });
}

/** Opens the data of an experiment, with a bar while they are checked. */
export async function openData({ wiring }: Plan): Promise<OpenedData> {
  let bar: ReturnType<typeof openBar> | undefined;
  try {
    return await wiring.data.open((done, total) => {
      bar ??= openBar("Checking pictures", total);
      bar.update(done);
    });
  } finally {
    bar?.stop();
  }
}
