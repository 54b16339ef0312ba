/** metrics.jsonl: a line for each step, each epoch and each record, none twice or missing. */
import { createHash, hash } from "node:crypto";
import { join } from "@std/path";
import { ifThere, joined, readAt, syncFolder, writeAll, writeDurably } from "../base/files.ts";
import { messageOf } from "../base/errors.ts";
import { type MetricsLine, parseMetrics } from "./metrics_line.ts";
import type { EpochReport, Finding, RecordReport, StepReport } from "../interfaces/callbacks.ts";
import { say } from "../base/terminal.ts";

export type { MetricsLine };

/** A position in a log: its length, and the hash of what was written. */
export interface LogMark {
  readonly bytes: number;
  readonly sha256: string;
}

/** An open log. Lines that cannot be written now wait in memory. */
export interface MetricsLog {
  step(report: StepReport): Promise<void>;
  epoch(report: EpochReport): Promise<void>;
  metrics(report: RecordReport): Promise<void>;
  finding(finding: Finding & { readonly epoch: number; readonly step: number }): Promise<void>;
  /** The log's position, for a checkpoint; its lines are flushed to disk if possible. */
  mark(): Promise<LogMark>;
  /** Writes all lines, waiting ones included, into another run folder. */
  copyTo(folder: string): Promise<void>;
  close(): void;
}

/** Where a run stands when its log is opened. */
export interface LogPosition {
  /** Finished epochs. */
  readonly epoch: number;
  /** Finished steps. */
  readonly step: number;
  /** Where the log stood then. @default unknown: the lines are chosen by their epoch and step */
  readonly mark?: LogMark | undefined;
}

/** The mark of a log without a line. */
export const EMPTY_LOG: LogMark = { bytes: 0, sha256: createHash("sha256").digest("hex") };

/** The log of a process that writes none. */
export const NO_LOG: MetricsLog = {
  step: () => Promise.resolve(),
  epoch: () => Promise.resolve(),
  metrics: () => Promise.resolve(),
  finding: () => Promise.resolve(),
  mark: () => Promise.resolve(EMPTY_LOG),
  copyTo: () => Promise.resolve(),
  close: () => {},
};

/** The log's file in a run folder. */
export function metricsPath(folder: string): string {
  return join(folder, "metrics.jsonl");
}

/**
 * Opens the log of a run for appending. Lines beyond the run's position (it died past its last
 * checkpoint) are dropped: those steps will be trained, and logged, again.
 *
 * @param warn Told if the log changed since its mark; lines that can be read are kept.
 */
export async function openMetricsLog(
  folder: string,
  done: LogPosition,
  warn: (line: string) => void = say,
): Promise<MetricsLog> {
  const path = metricsPath(folder);
  const kept = await linesUpTo(path, done, warn);
  await writeDurably(path, (file) => writeAll(file, kept));
  // Open from here on: what it holds can be read after the folder is gone, or may not be read.
  const reader = await Deno.open(path);
  const hash = createHash("sha256").update(kept);
  let length = kept.length;
  let waiting = new Uint8Array();

  let warned = false;

  const flush = async (body: (file: Deno.FsFile) => Promise<void>): Promise<void> => {
    try {
      using file = await Deno.open(path, { write: true });
      await body(file);
      warned = false;
    } catch (error) {
      if (warned) return;
      warned = true;
      warn(`Warning: cannot write "${path}": ${messageOf(error)}. Its lines wait in memory`);
    }
  };
  const writeWaiting = async (file: Deno.FsFile): Promise<void> => {
    // Overwrites what a failed write left behind.
    await file.seek(length, Deno.SeekMode.Start);
    await writeAll(file, waiting);
    length += waiting.length;
    waiting = new Uint8Array();
  };
  const append = async (line: MetricsLine): Promise<void> => {
    const bytes = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
    hash.update(bytes);
    waiting = joined(waiting, bytes);
    await flush(writeWaiting);
  };
  return {
    step: ({ epoch, step, losses, rates, milliseconds, names }) =>
      append({ kind: "step", epoch, step, losses, rates, milliseconds, pairs: names }),
    epoch: ({ epoch, step, losses, seconds, memory }) =>
      append({ kind: "epoch", epoch, step, losses, seconds, memory }),
    metrics: ({ epoch, step, values, mode }) => {
      // JSON has neither infinity nor NaN.
      const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
      return append({ kind: "metrics", epoch, step, mode, values: Object.fromEntries(finite) });
    },
    finding: (finding) => append({ kind: "health", ...finding }),
    mark: async () => {
      await flush(async (file) => {
        await writeWaiting(file);
        await file.sync();
      });
      await syncFolder(folder);
      return { bytes: length + waiting.length, sha256: hash.copy().digest("hex") };
    },
    copyTo: async (other) => {
      const written = await readAt(reader, 0, length);
      if (written.length < length) throw new Error(`"${path}" is shorter than it was written`);
      await writeDurably(metricsPath(other), async (file) => {
        await writeAll(file, written);
        await writeAll(file, waiting);
      });
    },
    close: () => reader.close(),
  };
}

/** The lines of a run's log, without a torn last line. */
export async function readMetrics(
  folder: string,
  warn: (line: string) => void = say,
): Promise<MetricsLine[]> {
  const path = metricsPath(folder);
  const { lines, faults } = parseMetrics(
    new TextDecoder().decode(await ifThere(Deno.readFile(path)) ?? new Uint8Array()),
  );
  if (faults.length > 0) warn(faultsOf(path, faults));
  return lines.map(({ line }) => line);
}

async function linesUpTo(
  path: string,
  { epoch: epochs, step: steps, mark }: LogPosition,
  warn: (line: string) => void,
): Promise<Uint8Array> {
  const bytes = await ifThere(Deno.readFile(path)) ?? new Uint8Array();
  if (mark !== undefined) {
    const before = bytes.subarray(0, mark.bytes);
    if (hash("sha256", before) === mark.sha256) return before;
  }
  const { lines, faults } = parseMetrics(new TextDecoder().decode(bytes));
  const kept = lines.filter(({ line: { kind, epoch, step } }) =>
    step <= steps && (kind === "step" || epoch <= epochs)
  );
  if (mark !== undefined) {
    warn(
      `Warning: "${path}" changed since the checkpoint was written. The training is not affected; ${kept.length} lines could be read and are kept`,
    );
  }
  if (faults.length > 0) warn(faultsOf(path, faults));
  return new TextEncoder().encode(kept.map(({ text }) => `${text}\n`).join(""));
}

function faultsOf(path: string, faults: readonly string[]): string {
  const more = faults.length > 3 ? ` and ${faults.length - 3} more` : "";
  return `Warning: lines of "${path}" are left out: ${faults.slice(0, 3).join(", ")}${more}`;
}
