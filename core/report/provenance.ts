/** Where a run's figures come from, in short; and what keeps runs from being compared. */
import { describeEngine, shortCommit, shortHash } from "../runs/provenance.ts";
import type { ReportedRun } from "./run.ts";

/** `tensorflow 2.21.0, 2 threads, compiled`. */
export function engineOf({ record: { engine } }: ReportedRun): string {
  const { compile } = engine;
  const how = compile === "off" ? "" : compile === "on" ? ", compiled" : `, compiled (${compile})`;
  return `${describeEngine(engine)}${how}`;
}

/** The commit, data and engine of runs; those of which all is alike together. */
export function provenanceOf(
  runs: readonly ReportedRun[],
): { readonly labels: readonly string[]; readonly words: string }[] {
  const groups = new Map<string, string[]>();
  for (const run of runs) {
    const { commit, data } = run.record;
    const words = `commit ${shortCommit(commit)}, data ${shortHash(data.fingerprint)}, ${
      engineOf(run)
    }`;
    groups.set(words, [...groups.get(words) ?? [], run.label]);
  }
  return [...groups].map(([words, labels]) => ({ words, labels }));
}

/** What must be known before the runs are compared; empty if nothing. */
export function warningsOf(runs: readonly ReportedRun[]): string[] {
  const differ = (what: string, of: (run: ReportedRun) => string): string[] => {
    const values = new Map<string, string[]>();
    for (const run of runs) values.set(of(run), [...values.get(of(run)) ?? [], run.label]);
    if (values.size < 2) return [];
    const list = [...values].map(([value, labels]) => `${value} (${labels.join(", ")})`);
    return [`The runs differ in ${what}: ${list.join("; ")}`];
  };
  return [
    ...differ("data", ({ record }) => shortHash(record.data.fingerprint)),
    ...differ("engine", ({ record: { engine } }) => `${engine.name} ${engine.version}`),
    ...differ("size", ({ record: { shape: { target } } }) => `${target.width}x${target.height}`),
    ...differ(
      "how many training pairs they may use",
      ({ record }) => record.limit === null ? "all" : `${record.limit}`,
    ),
    ...differ("the sources of Pairlab", ({ record }) => `commit ${shortCommit(record.commit)}`),
  ];
}
