/** metrics.jsonl: one line for each step and one for each epoch, none twice, none missing. */
import { join } from "@std/path";
import { writeTextDurably } from "./durable.ts";
import type { EpochReport, StepReport } from "./plugin.ts";

/** A line of metrics.jsonl. */
export type MetricsLine =
  & { readonly epoch: number; readonly step: number }
  & (
    | { readonly kind: "step"; readonly milliseconds: number; readonly pairs: readonly string[] }
    | { readonly kind: "epoch"; readonly seconds: number }
  )
  & { readonly losses: Readonly<Record<string, number>> };

/** An open log. */
export interface MetricsLog {
  step(report: StepReport): Promise<void>;
  epoch(report: EpochReport): Promise<void>;
}

/** The log's file in a run folder. */
export function metricsPath(folder: string): string {
  return join(folder, "metrics.jsonl");
}

/**
 * Opens the log of a run for appending. Lines after step `after` were written by a run that died
 * past its last checkpoint, and are dropped: the steps will be trained, and written, again.
 */
export async function openMetricsLog(folder: string, after: number): Promise<MetricsLog> {
  const path = metricsPath(folder);
  const kept = (await readMetrics(folder)).filter(({ step }) => step <= after);
  await writeTextDurably(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const append = (line: MetricsLine): Promise<void> =>
    Deno.writeTextFile(path, `${JSON.stringify(line)}\n`, { append: true });
  return {
    step: ({ epoch, step, losses, milliseconds, names }) =>
      append({ kind: "step", epoch, step, losses, milliseconds, pairs: names }),
    epoch: ({ epoch, step, losses, seconds }) =>
      append({ kind: "epoch", epoch, step, losses, seconds }),
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
