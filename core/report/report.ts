/** Reads runs or a sweep, and writes a report. */
import { isAblation } from "../ablate/folder.ts";
import { isFile, writeTextDurably } from "../base/files.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { readAblation, type ReportedAblation } from "./ablation.ts";
import type { Report } from "./contents.ts";
import { type Budget, PICTURES_BUDGET } from "./embed.ts";
import { readEvaluations } from "./evaluation.ts";
import { drawPage } from "./page.ts";
import { warningsOf } from "./provenance.ts";
import { labelsOf, lookOf, readRun } from "./run.ts";
import { readSamples } from "./samples.ts";

/** The result of {@link writeReport}. */
export interface WrittenReport {
  readonly runs: number;
  readonly warnings: readonly string[];
  /** Size of the page, bytes. */
  readonly size: number;
}

/**
 * Reads runs, or one sweep of `deno task ablate`.
 *
 * @throws {PairlabError} If a folder is neither.
 */
export async function readReport(folders: readonly string[]): Promise<Report> {
  const budget: Budget = { left: PICTURES_BUDGET };
  const ablation = await onlyAblation(folders, budget);
  const labels = labelsOf(folders);
  const runs = ablation?.runs ??
    await Promise.all(
      folders.map((folder, index) =>
        readRun(folder, { label: labels[index] ?? folder, look: lookOf(index) })
      ),
    );
  const { evaluations, faults } = await readEvaluations(runs, budget);
  const samples = await readSamples(runs, budget);
  return {
    ablation,
    runs,
    samples,
    evaluations,
    warnings: [
      ...warningsOf(runs),
      ...ablation?.results?.warnings ?? [],
      ...evaluations.flatMap(({ run, name, figures }) =>
        figures.warnings.map((warning) => `Evaluation "${name}" of ${run.label}: ${warning}`)
      ),
      ...faults,
    ],
    made: new Date(),
  };
}

async function onlyAblation(
  folders: readonly string[],
  budget: Budget,
): Promise<ReportedAblation | null> {
  const [first] = folders;
  for (const folder of folders) {
    if (!await isAblation(folder)) continue;
    if (folders.length === 1 && first !== undefined) return await readAblation(first, budget);
    throw new PairlabError(
      `Cannot report on "${folder}" beside others: it is an ablation. Report on it alone, or on runs (its own are in its folder "cells").`,
    );
  }
  return null;
}

/**
 * Writes a self-contained HTML file on runs or on a sweep.
 *
 * @throws {PairlabError} If a folder is neither, or the file cannot be written, or is not a report and
 * `overwrite` is false.
 *
 * @example
 * ```ts
 * import { writeReport } from "./report.ts";
 * import { beginRun } from "../train/start.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const folder = `${root}/run`;
 * const parameters = { size: "32", width: "1", count: "2" };
 * await beginRun("quickstart", { parameters, folder, backend: "cpu", check: false });
 * const { runs, warnings } = await writeReport([folder], `${folder}/report.html`);
 * assertEquals([runs, warnings], [1, []]);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function writeReport(
  folders: readonly string[],
  out: string,
  { overwrite = false }: { readonly overwrite?: boolean | undefined } = {},
): Promise<WrittenReport> {
  if (!overwrite) await checkReplaceable(out);
  const report = await readReport(folders);
  const page = await drawPage(report);
  try {
    await writeTextDurably(out, page);
  } catch (error) {
    throw new PairlabError(
      `Cannot write the report "${out}": ${
        messageOf(error)
      }. Choose another place with --out=FILE.`,
    );
  }
  return {
    runs: report.runs.length,
    warnings: report.warnings,
    size: new TextEncoder().encode(page).length,
  };
}

/** Rejects a file that is not a report. */
async function checkReplaceable(path: string): Promise<void> {
  if (!await isFile(path)) return;
  const text = await Deno.readTextFile(path);
  if (text.startsWith("<!DOCTYPE html>") && text.includes("Pairlab report, ")) return;
  throw new PairlabError(
    `Cannot write the report "${path}": the file exists and is not a report. Choose another place with --out=FILE, or pass --overwrite to replace it.`,
  );
}
