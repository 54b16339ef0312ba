/** The provenance of runs, and warnings about comparing them. */
import { describeTestChoices } from "../experiment/choices.ts";
import { lastExperiment } from "../runs/history.ts";
import { describeEngine, shortCommit, shortHash } from "../runs/provenance.ts";
import type { ReportedRun } from "./run.ts";

/** `tensorflow 2.21.0, 2 threads, compiled`. */
export function engineOf({ record: { engine } }: ReportedRun): string {
  const { compile } = engine;
  const how = compile === "off" ? "" : compile === "on" ? ", compiled" : `, compiled (${compile})`;
  return `${describeEngine(engine)}${how}`;
}

/** The commit, data and engine of runs, grouped by those that are the same. */
export function provenanceOf(
  runs: readonly ReportedRun[],
): { readonly labels: readonly string[]; readonly words: string }[] {
  const groups = Map.groupBy(runs, (run) => {
    const { commit, data } = run.record;
    return `commit ${shortCommit(commit)}, data ${shortHash(data.fingerprint)}, ${engineOf(run)}`;
  });
  return [...groups].map(([words, own]) => ({ words, labels: own.map(({ label }) => label) }));
}

/** Warnings about comparing the runs. */
export function warningsOf(runs: readonly ReportedRun[]): string[] {
  const differ = (what: string, of: (run: ReportedRun) => string): string[] => {
    const values = Map.groupBy(runs, of);
    if (values.size < 2) return [];
    const list = [...values].map(([value, own]) =>
      `${value} (${own.map(({ label }) => label).join(", ")})`
    );
    return [`The runs differ in ${what}: ${list.join("; ")}`];
  };
  return [
    ...runs.flatMap(({ label, record }) => {
      const byTest = describeTestChoices(lastExperiment(record).choices);
      return byTest === null ? [] : [`${label} was ${byTest}`];
    }),
    ...differ("data", ({ record }) => shortHash(record.data.fingerprint)),
    ...differ("engine", ({ record: { engine } }) => `${engine.name} ${engine.version}`),
    ...differ("size", ({ record: { shape: { target } } }) => `${target.width}x${target.height}`),
    ...differ(
      "the limit of training pairs",
      ({ record }) => record.limit === null ? "all" : `${record.limit}`,
    ),
    ...differ("the sources of Pairlab", ({ record }) => `commit ${shortCommit(record.commit)}`),
  ];
}
