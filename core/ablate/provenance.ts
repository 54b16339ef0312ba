/** Where the figures of a table come from, and why they may not compare. */
import type { GivenParameters } from "../experiment/parameters.ts";
import { describeEngine } from "../runs/provenance.ts";
import type { AblationRecord } from "./folder.ts";
import type { FinishedCell } from "./table.ts";

/** What every table names. */
export interface Provenance {
  /** `losses`, `quick`. */
  readonly name: string;
  readonly scale: string;
  /** Parameters set on the command line, `limit` included. */
  readonly parameters: GivenParameters;
  /** The commit of the sources; null outside git. */
  readonly commit: string | null;
  /** The hash of the sources at the launch. */
  readonly sources: string;
  /** Fingerprints of the data; more than one if they are mixed. */
  readonly data: readonly string[];
  /** `tensorflow 2.21.0, 2 threads`; more than one if they are mixed. */
  readonly engines: readonly string[];
  /** Why figures of the table may not compare. */
  readonly warnings: readonly string[];
}

/** The provenance of some finished cells. */
export function provenanceOf(
  { name, scale, parameters: given, limit, sources }: AblationRecord,
  cells: readonly FinishedCell[],
): Provenance {
  const data = distinct(cells.map(({ result }) => result.data));
  const engines = distinct(
    cells.map(({ result: { engine } }) => describeEngine(engine)),
  );
  const warnings: string[] = [];
  if (data.length > 1) {
    warnings.push(`the cells were trained or tested on different data (${data.join("; ")})`);
  }
  if (engines.length > 1) {
    warnings.push(`the cells were computed by different engines (${engines.join("; ")})`);
  }
  const { commit, sha256, changes = [] } = sources;
  for (const { time, modules } of changes) {
    warnings.push(`sources changed during the sweep (${time}: ${modules.join(", ")})`);
  }
  const parameters = limit === null ? given : { ...given, limit: String(limit) };
  return { name, scale, parameters, commit, sources: sha256, data, engines, warnings };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

/** A provenance in sentences. */
export function describeProvenance(
  { name, scale, commit, sources, data, engines, warnings, parameters }: Provenance,
): string[] {
  const given = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
  return [
    ...warnings.map((warning) => `Warning: ${warning}.`),
    `Ablation ${name}, scale ${scale}.`,
    `Commit ${commit ?? "unknown"}, sources ${sources.slice(0, 16)}.`,
    ...given.length > 0 ? [`Set on the command line: ${given.join(", ")}.`] : [],
    `Data ${data.join(", ") || "unknown"}.`,
    `Engine: ${engines.join("; ") || "unknown"}.`,
  ];
}
