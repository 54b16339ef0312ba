/** One run being followed: everything the page shows of it, kept up to date from its folder. */
import { join } from "@std/path";
import { messageOf } from "../base/errors.ts";
import { exists } from "../base/files.ts";
import { medianOf } from "../evaluate/statistics.ts";
import { panelFactor, panelSpacing } from "../pictures/panel_layout.ts";
import { readEnd, type RunEnd } from "../runs/ending.ts";
import { type MetricsLine, metricsPath } from "../runs/metrics_log.ts";
import { parseMetrics } from "../runs/metrics_line.ts";
import { describeEngine } from "../runs/provenance.ts";
import { readRunRecord, recordPath, type RunRecord } from "../runs/run_folder.ts";
import type { FoundRun } from "./folders.ts";
import { readSampleList, type Samples } from "./samples.ts";
import { type Series, startSeries } from "./series.ts";
import { type RunState, stateOf } from "./state.ts";
import { changeOf, followFile } from "./tail.ts";
import { readTraceList, type TraceEntry } from "./traces.ts";

/** What a page is told of a run, apart from its curves. */
export interface RunView {
  readonly id: string;
  readonly label: string;
  readonly folder: string;
  readonly experiment: string;
  readonly state: RunState;
  /** Why it ended, or why its folder cannot be read. */
  readonly reason: string | null;
  readonly started: string | null;
  readonly epoch: number;
  readonly epochs: number | null;
  readonly step: number;
  /** Null before the first epoch's end. */
  readonly stepsPerEpoch: number | null;
  /** Pictures per second over the last steps; null before the first step. */
  readonly rate: number | null;
  /** Seconds until all epochs are done, at that rate. */
  readonly secondsLeft: number | null;
  /** Seconds spent in steps. */
  readonly seconds: number;
  /** Bytes that the training process held at the end of its last epoch. */
  readonly memory: number | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly engine: string;
  readonly samples: Samples;
  readonly traces: readonly TraceEntry[];
  readonly findings: readonly Finding[];
}

/** A finding of the health callback, as the log has it. */
export type Finding = Omit<Extract<MetricsLine, { kind: "health" }>, "kind">;

/** A run being followed. */
export interface FollowedRun {
  /** Reads what is new. @returns True while there is more to read at once. */
  poll(): Promise<boolean>;
  view(now: number): RunView;
  /** The curves by name; a new map when the log was begun anew. */
  readonly curves: ReadonlyMap<string, Series>;
}

/** Steps over which throughput is averaged. */
const WINDOW = 50;

/** Follows a run from the beginning of its log. */
export function followRun({ id, folder, label }: FoundRun): FollowedRun {
  const log = followFile(metricsPath(folder));
  let record: RunRecord | null = null;
  let recordChanged = -1;
  let fault: string | null = null;
  let end: RunEnd | null = null;
  let written = Date.now();
  let samples: Samples = { indices: [], epochs: [], logits: [], panel: null };
  let samplesChanged = -1;
  let traces: readonly TraceEntry[] = [];

  let curves = new Map<string, Series>();
  let progress = START;

  const restart = (): void => {
    curves = new Map();
    progress = START;
  };

  const draw = (name: string, step: number, value: number): void => {
    const series = curves.get(name) ?? startSeries();
    curves.set(name, series);
    series.add(step, value);
  };

  const readRecord = async (): Promise<void> => {
    const changed = await changeOf(recordPath(folder));
    if (changed === recordChanged) return;
    recordChanged = changed;
    try {
      record = await readRunRecord(folder);
      fault = null;
    } catch (error) {
      fault = messageOf(error);
    }
  };

  const take = (line: MetricsLine): void => {
    progress = advance(progress, line);
    const { step } = line;
    if (line.kind === "step") {
      for (const [name, value] of Object.entries(line.losses)) draw(name, step, value);
      draw(SECONDS, step, progress.seconds);
    } else if (line.kind === "metrics") {
      for (const [name, value] of Object.entries(line.values)) {
        draw(`metrics: ${name}`, step, value);
      }
    }
  };

  const readSamples = async (): Promise<void> => {
    const path = join(folder, "samples");
    const changed = await changeOf(path);
    if (changed === samplesChanged) return;
    samplesChanged = changed;
    samples = await readSampleList(path, panelOf(record));
  };

  return {
    poll: async () => {
      // Of a folder that was removed, a page keeps what it has.
      if (!await exists(folder)) return false;
      await readRecord();
      const { restarted, text, more } = await log.read();
      if (restarted) restart();
      for (const { line } of parseMetrics(text).lines) take(line);
      written = Math.max(await changeOf(metricsPath(folder)), recordChanged);
      end = await readEnd(folder);
      await readSamples();
      traces = await readTraceList(folder);
      return more;
    },
    view: (now) => {
      const { epoch, step, recent, memory, seconds, stepsPerEpoch, findings } = progress;
      const parameters = parametersOf(record);
      const epochs = Number(parameters["epochs"]) || null;
      const batch = Number(parameters["batch"]) || 1;
      const usualStep = medianOf(recent) ?? 0;
      const state = stateOf({
        end,
        step,
        written,
        now,
        usualStep,
        epoch,
        ...epochs === null ? {} : { epochs },
      });
      const perStep = recent.reduce((sum, ms) => sum + ms, 0) / recent.length / 1000;
      const left = stepsPerEpoch === null || epochs === null
        ? null
        : (epochs * stepsPerEpoch - step) * perStep;
      return {
        id,
        label,
        folder,
        experiment: record?.experiment.name ?? "",
        state,
        reason: fault ?? end?.reason ?? null,
        started: record?.started ?? null,
        epoch,
        epochs,
        step,
        stepsPerEpoch,
        rate: recent.length === 0 ? null : batch / perStep,
        secondsLeft: state === "running" && left !== null ? Math.max(0, Math.round(left)) : null,
        seconds,
        memory,
        parameters,
        engine: engineOf(record),
        samples,
        traces,
        findings,
      };
    },
    get curves() {
      return curves;
    },
  };
}

/** The curve that tells how many seconds had been spent at a step. */
export const SECONDS = "seconds";

/** Where a log stands. */
interface LogProgress {
  readonly epoch: number;
  readonly step: number;
  readonly seconds: number;
  readonly stepsPerEpoch: number | null;
  readonly memory: number | null;
  /** Milliseconds of the last steps. */
  readonly recent: readonly number[];
  readonly findings: readonly Finding[];
}

const START: LogProgress = {
  epoch: 0,
  step: 0,
  seconds: 0,
  stepsPerEpoch: null,
  memory: null,
  recent: [],
  findings: [],
};

function advance(progress: LogProgress, line: MetricsLine): LogProgress {
  if (line.kind === "step") {
    return {
      ...progress,
      step: line.step,
      seconds: progress.seconds + line.milliseconds / 1000,
      // The first step of a process compiles: it tells nothing of those to come.
      recent: [...progress.recent.slice(1 - WINDOW), line.milliseconds],
    };
  }
  if (line.kind === "epoch") {
    const memory = line.memory ?? progress.memory;
    return { ...progress, epoch: line.epoch, stepsPerEpoch: line.step / line.epoch, memory };
  }
  if (line.kind === "health") {
    const { kind: _, ...finding } = line;
    const others = progress.findings.filter(({ rule }) => rule !== finding.rule);
    return { ...progress, findings: [...others, finding] };
  }
  return progress;
}

function parametersOf(record: RunRecord | null): Record<string, string> {
  const now = { ...record?.parameters, ...record?.resumed?.at(-1)?.parameters };
  return Object.fromEntries(Object.entries(now).map(([name, value]) => [name, String(value)]));
}

function engineOf(record: RunRecord | null): string {
  if (record === null) return "";
  const engine = record.resumed?.at(-1)?.engine ?? record.engine, { compile } = engine;
  const compiled = compile === "off" ? "" : `, compiled${compile === "xla" ? " by XLA" : ""}`;
  return `${describeEngine(engine)}${compiled}`;
}

/** Where input, ground truth and prediction lie in the panels of `samples()`. */
function panelOf(record: RunRecord | null): Samples["panel"] {
  if (record === null) return null;
  const { input, target } = record.shape;
  if (input.width !== target.width || input.height !== target.height) return null;
  const factor = panelFactor(target.width);
  const width = target.width * factor, height = target.height * factor;
  return { width, height, ...panelSpacing(width) };
}
