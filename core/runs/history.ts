/** What a run's numbers depend on besides its experiment: the engine and the machine. */
import { cpus } from "node:os";
import { canCompile, type CompileMode } from "../backends/compile.ts";
import type { Engine } from "../backends/engine.ts";
import { engineKind } from "../backends/engines.ts";
import type { GivenParameters } from "../experiment/parameters.ts";
import type { NotFinitePolicy } from "./run_folder.ts";
import { isWrittenAlike, lastExperiment } from "./source_record.ts";
import type { EngineRecord, RunRecord, SourceRecord } from "./run_folder.ts";

/** For whom a run's numbers come out the same. */
export const REPEATS =
  "bit for bit with the same versions, engine, compile mode, kind of processor and, on tensorflow, " +
  "number of threads; others add up in another order";

/** An engine as run.json notes it. */
export function engineRecord(engine: Engine, compile: CompileMode = "on"): EngineRecord {
  return {
    name: engine.name,
    version: engine.version,
    threads: engine.threads,
    compile: canCompile() ? compile : "off",
    machine: `${Deno.build.os} ${Deno.build.arch}, ${cpus()[0]?.model ?? "unknown"}`,
  };
}

/** How a run goes on. */
export interface Going {
  readonly step: number;
  readonly engine: EngineRecord;
  readonly parameters: GivenParameters;
  readonly notFinite: NotFinitePolicy;
  /** The experiment as it is now. @default as it was until now */
  readonly experiment?: SourceRecord | undefined;
}

/** How a run went on last: as it began, unless it was resumed otherwise. */
export function lastGoing(
  { engine, notFinite = "stop", resumed = [] }: RunRecord,
): Omit<Going, "step"> {
  return resumed.at(-1) ?? { engine, parameters: {}, notFinite };
}

/** What keeps the numbers from here on from being those of a run that was never interrupted. */
export function differences(before: EngineRecord, now: EngineRecord): string[] {
  const keys = ["name", "version", "threads", "compile", "machine"] as const;
  const { threadsChangeBits = true } = engineKind(now.name) ?? {};
  const matters = keys.filter((key) => key !== "threads" || threadsChangeBits);
  return matters.flatMap((key) =>
    before[key] === undefined || before[key] === now[key]
      ? []
      : [`${key === "name" ? "engine" : key} ${before[key]}, now ${now[key]}`]
  );
}

/** The record with a note of how the run goes on, or null if it goes on as it did. */
export function noteGoing(record: RunRecord, going: Going): RunRecord | null {
  const last = lastGoing(record);
  const { experiment } = going;
  const changed = experiment !== undefined && !isWrittenAlike(lastExperiment(record), experiment);
  const alike = !changed && differences(last.engine, going.engine).length === 0 &&
    last.notFinite === going.notFinite &&
    JSON.stringify(last.parameters) === JSON.stringify(going.parameters);
  if (alike) return null;
  const note = {
    step: going.step,
    time: new Date().toISOString(),
    engine: going.engine,
    parameters: { ...going.parameters },
    notFinite: going.notFinite,
    ...changed ? { experiment } : {},
  };
  return { ...record, resumed: [...record.resumed ?? [], note] };
}
