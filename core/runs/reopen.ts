/** A run's experiment and data as they were, to resume or evaluate it. */
import { fileURLToPath } from "node:url";
import { PairlabError } from "../base/errors.ts";
import { keepValidation } from "../data/validation.ts";
import { changedSources, importedSources } from "../experiment/imported_sources.ts";
import type { GivenParameters } from "../experiment/parameters.ts";
import { loadExperiment, type Plan, planExperiment } from "../experiment/plan.ts";
import type { OpenedData } from "../interfaces/pictures.ts";
import { checkTrusted, type TrustOptions } from "../experiment/trust.ts";
import { lastExperiment, lastSegment } from "./history.ts";
import { readRunRecord, type RunRecord } from "./run_folder.ts";
import { withBar } from "../base/terminal.ts";

/** What may differ from when the run began. */
export interface ReopenOptions {
  /** Where the experiment is now, if it has moved. */
  readonly experiment?: string | undefined;
  /**
   * Parameters that change: `epochs`, to train longer, `dataset`, for the same pictures at another
   * place, or others that leave the networks and the order of the pictures alone.
   * @default as in the run's last segment
   */
  readonly parameters?: GivenParameters;
  /** Continue although the experiment's text has changed. @default false */
  readonly allowChanges?: boolean | undefined;
  /** Open other data than the run was trained on. @default false */
  readonly allowOtherData?: boolean | undefined;
}

/** A run's experiment, planned again, and its data, opened again. */
export interface ReopenedRun {
  readonly plan: Plan;
  readonly data: OpenedData;
}

/**
 * Checks, without executing anything, that the module which a run folder names may be executed; see
 * {@link checkTrusted}. The name of an experiment means one of Pairlab's own.
 *
 * @throws {PairlabError} Showing the module and its hash, if it needs `trust`.
 */
export async function checkRunTrusted(folder: string, options: TrustOptions = {}): Promise<void> {
  const { module } = lastExperiment(await readRunRecord(folder));
  if (/^[\w-]+$/.test(module)) return;
  await checkTrusted(module.startsWith("file:") ? fileURLToPath(module) : module, folder, options);
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
  const data = splitAgain(await openData(plan), record.data);
  if (!isSameData(data, record.data) && !options.allowOtherData) {
    throw new PairlabError(
      `Cannot reopen "${folder}": its data changed since it began (then: ${
        describeData(record.data)
      }; now: ${describeData(data)}). Restore the original pictures`,
    );
  }
  return { plan, data };
}

/** The data with the validation pairs of the run, or with none: older runs judged by test pictures. */
function splitAgain(data: OpenedData, then: RunRecord["data"]): OpenedData {
  if (then.validation?.from === "data") return data;
  const { validation: _, ...others } = data;
  // Other data may be too few.
  return then.validation !== undefined && isSameData(data, then) ? keepValidation(others) : others;
}

/** Runs of earlier versions know nothing of validation pairs, which stand behind a plus. */
function isSameData({ fingerprint }: OpenedData, then: RunRecord["data"]): boolean {
  const known = then.validation === undefined ? fingerprint.replace(/\+.*$/, "") : fingerprint;
  return known === then.fingerprint;
}

/** Data as they are named: the same words may stand for other pictures, the fingerprint does not. */
function describeData(
  { description, fingerprint }: Pick<OpenedData, "description" | "fingerprint">,
): string {
  return `${description}, ${fingerprint.slice(0, 15)}…`;
}

async function planAgain(
  folder: string,
  record: RunRecord,
  { experiment, parameters, allowChanges = false }: ReopenOptions,
): Promise<Plan> {
  const reference = experiment ?? record.experiment.module;
  if (experiment === undefined && /^https?:/.test(reference)) {
    throw new PairlabError(
      `Cannot reopen "${folder}": its experiment came from "${reference}". Pass --experiment=${reference} to load it again`,
    );
  }
  const module = await loadExperiment(reference);
  // A changed text that was allowed is the run's own from there on.
  const { sha256, imports } = lastExperiment(record);
  const [when, where] = record.resumed?.some((segment) => segment.experiment !== undefined)
    ? ["the run was last resumed", "the last of resumed, experiment."]
    : ["the run began", "experiment."];
  if (module.sha256 !== sha256 && !allowChanges) {
    throw new PairlabError(
      `Cannot reopen "${folder}": the experiment "${reference}" changed since ${when}. Restore the text of that time (${where}source in run.json), or pass --allow-changes`,
    );
  }
  if (!allowChanges) {
    const changed = changedSources(imports, await importedSources(module));
    if (changed.length > 0) {
      throw new PairlabError(
        `Cannot reopen "${folder}": ${
          changed.map((path) => `"${path}"`).join(", ")
        }, imported by the experiment "${reference}", changed since ${when}. Restore the text of that time (${where}imports in run.json), or pass --allow-changes`,
      );
    }
  }
  const before = { ...record.parameters, ...lastSegment(record).parameters };
  return planExperiment(module, { ...before, ...parameters });
}

/** Opens the data of an experiment, with a bar while they are checked. */
export async function openData({ wiring }: Plan): Promise<OpenedData> {
  return await withBar("Checking pictures", (onProgress) => wiring.data.open(onProgress));
}
