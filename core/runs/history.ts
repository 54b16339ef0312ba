/** What a run's numbers depend on, from its beginning through each resume: sources, engine, machine. */
import { cpus } from "node:os";
import { canCompile, type CompileMode } from "../backends/compile.ts";
import type { Engine } from "../backends/engine.ts";
import { engineKind } from "../backends/engines.ts";
import { choicesOf } from "../experiment/choices.ts";
import { predictionsOf } from "../experiment/describe.ts";
import { changedSources, importedSources } from "../experiment/imported_sources.ts";
import type { Plan } from "../experiment/plan.ts";
import type { EngineRecord, RunRecord, Segment, SourceRecord } from "./run_folder.ts";

/** Under which conditions a run's numbers can be reproduced. */
export const REPRODUCIBILITY =
  "bit for bit with the same versions, engine, compile mode, kind of processor and, on tensorflow, " +
  "number of threads; others add up in another order";

/** An engine as run.json records it. */
export function engineRecord(
  engine: Engine,
  compile: CompileMode = "on",
  workers = 1,
): EngineRecord {
  return {
    name: engine.name,
    version: engine.version,
    threads: engine.threads,
    compile: canCompile() ? compile : "off",
    exact: engine.exact,
    machine: `${Deno.build.os} ${Deno.build.arch}, ${
      engine.device ?? cpus()[0]?.model ?? "unknown"
    }`,
    ...workers > 1 && { workers },
  };
}

/** The sources of a planned experiment, and how its callbacks predict. */
export async function sourceRecord(plan: Plan, hasValidation = true): Promise<SourceRecord> {
  const { module, source, sha256, wiring } = plan;
  const imports = await importedSources(plan);
  return {
    ...{ module, source, sha256, imports },
    ...{ predictions: predictionsOf(wiring), choices: choicesOf(wiring, hasValidation) },
  };
}

/** The experiment of a run's last segment. */
export function lastExperiment(
  { experiment, predictions, choices, resumed = [] }: RunRecord,
): SourceRecord {
  return resumed.findLast((segment) => segment.experiment !== undefined)?.experiment ??
    { ...experiment, predictions, ...choices && { choices } };
}

/** Whether two experiments have the same text, and the same texts of what they import. */
export function isSameSource(then: SourceRecord, now: SourceRecord): boolean {
  return then.sha256 === now.sha256 && changedSources(then.imports, now.imports).length === 0;
}

/** The last segment of a run: how it was resumed, or how it began. */
export function lastSegment(
  { engine, notFinite, resumed = [] }: RunRecord,
): Omit<Segment, "step" | "time"> {
  return resumed.at(-1) ?? { engine, parameters: {}, notFinite };
}

/** Why the numbers from here on differ from those of an uninterrupted run. */
export function differences(before: EngineRecord, now: EngineRecord): string[] {
  const keys = ["name", "version", "threads", "compile", "machine"] as const;
  const { threadsChangeBits = true } = engineKind(now.name) ?? {};
  const matters = keys.filter((key) => key !== "threads" || threadsChangeBits);
  const changes = matters.flatMap((key) =>
    before[key] === now[key]
      ? []
      : [`${key === "name" ? "engine" : key} ${before[key]}, now ${now[key]}`]
  );
  const [many = 1, few = 1] = [before.workers, now.workers];
  if (many !== few) changes.push(`workers ${many}, now ${few}`);
  const [then, exact] = [before, now].map((engine) => engine.exact ?? true);
  if (before.name === now.name && then !== exact) {
    const describe = (direct: boolean | undefined): string => direct ? "direct" : "by tiles";
    changes.push(`convolutions ${describe(then)}, now ${describe(exact)}`);
  }
  return changes;
}

/** The record with a new segment, or null if the run continues as before. */
export function addSegment(record: RunRecord, segment: Omit<Segment, "time">): RunRecord | null {
  const last = lastSegment(record);
  const { experiment, ...others } = segment;
  const changed = experiment !== undefined && !isSameSource(lastExperiment(record), experiment);
  const isSame = !changed && differences(last.engine, segment.engine).length === 0 &&
    last.notFinite === segment.notFinite &&
    JSON.stringify(last.parameters) === JSON.stringify(segment.parameters);
  if (isSame) return null;
  const time = new Date().toISOString();
  const added = { ...others, time, ...changed && { experiment } };
  return { ...record, resumed: [...record.resumed ?? [], added] };
}
