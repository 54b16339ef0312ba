/** Where the figures of a table come from, and what keeps them from being compared. */
import type { GivenParameters } from "../experiment/parameters.ts";
import { describeEngine } from "../runs/provenance.ts";
import type { AblationRecord } from "./folder.ts";
import type { FinishedCell } from "./table.ts";

/** What every figure names. */
export interface Provenance {
  /** `losses`, `quick`. */
  readonly name: string;
  readonly scale: string;
  /** Parameters that were set on the command line, `limit` among them. */
  readonly parameters: GivenParameters;
  /** The commit of the sources; null outside git. */
  readonly commit: string | null;
  /** The hash of the sources that the cells ran. */
  readonly sources: string;
  /** Fingerprints of the data; one, unless they are mixed. */
  readonly data: readonly string[];
  /** `tensorflow 2.21.0, 2 threads`; one, unless they are mixed. */
  readonly engines: readonly string[];
  /** Why figures of the table should not be compared. */
  readonly warnings: readonly string[];
}

/** Sums up where the results of some cells come from. */
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
  const { commit, sha256 } = sources;
  const parameters = limit === null ? given : { ...given, limit: String(limit) };
  return { name, scale, parameters, commit, sources: sha256, data, engines, warnings };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

/** Where the figures come from in lines, for people. */
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
