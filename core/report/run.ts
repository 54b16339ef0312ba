/** Runs as a report shows them. */
import { basename, resolve } from "@std/path";
import type { Finding } from "../interfaces/callbacks.ts";
import { type MetricsLine, readMetrics } from "../runs/metrics_log.ts";
import { readRunRecord, type RunRecord } from "../runs/run_folder.ts";
import { changesOf, type Ending, endingOf } from "./ending.ts";
import { type Curve, curvesOf, stepsPerEpoch } from "./curves.ts";

/** The style of a run's lines: in a sweep, a colour for each variant and a dash for each seed. */
export interface Look {
  readonly colour: number;
  readonly dash: number;
}

/** A run. */
export interface ReportedRun {
  readonly folder: string;
  /** Unique in the report. */
  readonly label: string;
  readonly look: Look;
  readonly record: RunRecord;
  readonly curves: readonly Curve[];
  /** Epochs and steps in its log. */
  readonly done: { readonly epoch: number; readonly step: number };
  readonly ending: Ending;
  /** What the health callback found last by each of its rules, unless it is over. */
  readonly findings: readonly Finding[];
  /** Changes when it was resumed, in words. */
  readonly changes: readonly string[];
  /** Null before the end of the first epoch. */
  readonly stepsPerEpoch: number | null;
  /** Time of its steps, seconds. */
  readonly seconds: number;
}

/** Distinct colours of the page. */
export const COLOURS = 8;

/**
 * Reads a run.
 *
 * @throws {PairlabError} If the folder is not a run.
 */
export async function readRun(
  folder: string,
  { label, look }: Pick<ReportedRun, "label" | "look">,
): Promise<ReportedRun> {
  const record = await readRunRecord(folder);
  const lines = await readMetrics(folder);
  const epochs = lines.filter((line) => line.kind === "epoch");
  const steps = lines.filter((line) => line.kind === "step");
  const done = { epoch: epochs.at(-1)?.epoch ?? 0, step: steps.at(-1)?.step ?? 0 };
  return {
    folder,
    label,
    look,
    record,
    curves: curvesOf(lines),
    done,
    ending: await endingOf(folder, record, done.epoch),
    findings: findingsOf(lines),
    changes: changesOf(record),
    stepsPerEpoch: stepsPerEpoch(lines),
    seconds: steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000,
  };
}

function findingsOf(lines: readonly MetricsLine[]): Finding[] {
  const latest = new Map(
    lines.flatMap((line) => line.kind === "health" ? [[line.rule, line] as const] : []),
  );
  return [...latest.values()].filter(({ over }) => !over);
}

/** Names of folders, with as many parent folders as make them unique. */
export function labelsOf(folders: readonly string[]): string[] {
  const paths = folders.map((folder) => resolve(folder).split(/[\\/]/));
  return paths.map((path, index) => {
    for (let parts = 1; parts < path.length; parts++) {
      const label = path.slice(-parts).join("/");
      const others = paths.filter((_, other) => other !== index);
      if (others.every((other) => other.slice(-parts).join("/") !== label)) return label;
    }
    return `${basename(folders[index] ?? "")} (${index + 1})`;
  });
}

/** A distinct look for each run. */
export function lookOf(index: number): Look {
  return { colour: index % COLOURS, dash: Math.floor(index / COLOURS) };
}
