/** Where the figures of a table come from, and why they may not compare. */
import { z } from "zod";
import { ParameterValueJson } from "../experiment/parameters.ts";
import { describeEngine } from "../runs/provenance.ts";
import type { AblationRecord } from "./folder.ts";
import type { FinishedCell } from "./table.ts";

/** What every table names. */
export const Provenance = z.object({
  /** `losses`, `quick`. */
  name: z.string(),
  scale: z.string(),
  /** Parameters set on the command line; tables of earlier versions do not name `limit`. */
  parameters: z.record(z.string(), ParameterValueJson).default({}),
  /** The commit of the sources; null outside git. */
  commit: z.string().nullable(),
  /** The hash of the sources at the launch. */
  sources: z.string(),
  /** Fingerprints of the data; more than one if they are mixed. */
  data: z.array(z.string()),
  /** `tensorflow 2.21.0, 2 threads`; more than one if they are mixed. */
  engines: z.array(z.string()),
  /** Why figures of the table may not compare. */
  warnings: z.array(z.string()),
});

/** What every table names. */
export type Provenance = z.infer<typeof Provenance>;

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
  const kept = Map.groupBy(
    cells.filter(({ result }) => result.kept !== undefined),
    ({ result }) => result.kept,
  );
  if (kept.size > 1) {
    const numbers = [...kept].map(([number, some]) =>
      `${number} by ${distinct(some.map(({ definition }) => definition.variant)).join(", ")}`
    );
    warnings.push(
      `the cells kept different numbers of training pairs for validation (${numbers.join("; ")})`,
    );
  }
  for (const chosen of distinct(cells.flatMap(({ result }) => result.chosen ?? []))) {
    const variants = cells.filter(({ result }) => result.chosen === chosen).map(({ definition }) =>
      definition.variant
    );
    warnings.push(`${distinct(variants).join(", ")}: ${chosen}`);
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
