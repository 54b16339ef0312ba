/** metrics.jsonl: a line for each step, each epoch and whatever is recorded, none twice or missing. */
import { join } from "@std/path";
import { writeAll, writeTextDurably } from "./durable.ts";
import { messageOf } from "./errors.ts";
import type { EpochReport, InferenceMode, RecordReport, StepReport } from "./plugin.ts";
import { say } from "./terminal.ts";

/** A line of metrics.jsonl. */
export type MetricsLine =
  & { readonly epoch: number; readonly step: number }
  & (
    | {
      readonly kind: "step";
      readonly losses: Readonly<Record<string, number>>;
      readonly milliseconds: number;
      readonly pairs: readonly string[];
    }
    | {
      readonly kind: "epoch";
      readonly losses: Readonly<Record<string, number>>;
      readonly seconds: number;
    }
    /** Recorded by a callback; here `epoch` counts finished ones. */
    | {
      readonly kind: "metrics";
      readonly values: Readonly<Record<string, number>>;
      /** Of numbers of predictions: how these were made. */
      readonly mode?: InferenceMode | undefined;
    }
  );

/** An open log. Lines that cannot be written wait in memory until they can. */
export interface MetricsLog {
  step(report: StepReport): Promise<void>;
  epoch(report: EpochReport): Promise<void>;
  metrics(report: RecordReport): Promise<void>;
}

/** The log's file in a run folder. */
export function metricsPath(folder: string): string {
  return join(folder, "metrics.jsonl");
}

/**
 * Opens the log of a run for appending. Lines beyond what is `done` were written by a run that died
 * past its last checkpoint, and are dropped: they will be trained, and written, again.
 */
export async function openMetricsLog(
  folder: string,
  done: { readonly epoch: number; readonly step: number },
): Promise<MetricsLog> {
  const path = metricsPath(folder);
  const kept = (await readMetrics(folder)).filter(({ kind, epoch, step }) =>
    step <= done.step && (kind === "step" || epoch <= done.epoch)
  );
  await writeTextDurably(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
  let length = (await Deno.stat(path)).size;
  let waiting = "";

  const append = async (line: MetricsLine): Promise<void> => {
    const wasWaiting = waiting !== "";
    waiting += `${JSON.stringify(line)}\n`;
    const bytes = new TextEncoder().encode(waiting);
    try {
      using file = await Deno.open(path, { write: true });
      // What a write that failed midway left behind is written over.
      await file.seek(length, Deno.SeekMode.Start);
      await writeAll(file, bytes);
      length += bytes.length;
      waiting = "";
    } catch (error) {
      if (wasWaiting) return;
      say(`Warning: cannot write "${path}": ${messageOf(error)}. Its lines wait in memory`);
    }
  };
  return {
    step: ({ epoch, step, losses, milliseconds, names }) =>
      append({ kind: "step", epoch, step, losses, milliseconds, pairs: names }),
    epoch: ({ epoch, step, losses, seconds }) =>
      append({ kind: "epoch", epoch, step, losses, seconds }),
    metrics: ({ epoch, step, values, mode }) => {
      // JSON has neither infinity nor NaN.
      const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
      return append({ kind: "metrics", epoch, step, mode, values: Object.fromEntries(finite) });
    },
  };
}

/** The lines of a run's log; a last line that was torn by a crash is left out. */
export async function readMetrics(folder: string): Promise<MetricsLine[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(metricsPath(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
