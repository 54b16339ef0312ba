/** What an experiment is written in, as run.json holds it: at the beginning, and whenever it changed. */
import { changedSources, importedSources } from "../experiment/imported_sources.ts";
import type { Plan } from "../experiment/plan.ts";
import { predictionsOf } from "../experiment/describe.ts";
import type { RunRecord, SourceRecord } from "./run_folder.ts";

/** The texts of a planned experiment, and how its callbacks predict. */
export async function sourceRecord(plan: Plan): Promise<SourceRecord> {
  const { module, source, sha256, wiring } = plan;
  const imports = await importedSources(plan);
  return { module, source, sha256, imports, predictions: predictionsOf(wiring) };
}

/** The experiment that a run went on with last, and how its callbacks predict. */
export function lastExperiment(
  { experiment, predictions, resumed = [] }: RunRecord,
): SourceRecord {
  return resumed.findLast((going) => going.experiment !== undefined)?.experiment ??
    { ...experiment, predictions };
}

/** Whether two experiments are written alike. Records of earlier versions do not tell of imports. */
export function isWrittenAlike(then: SourceRecord, now: SourceRecord): boolean {
  return then.sha256 === now.sha256 &&
    (then.imports === undefined || changedSources(then.imports, now.imports ?? []).length === 0);
}
