/** What came of a cell: the numbers that tables are made of. */
import { join } from "@std/path";
import { z } from "zod";
import { writeTextDurably } from "../base/files.ts";
import { Better, Figure, figuresJson } from "../base/json.ts";
import { readMetrics } from "../runs/metrics_log.ts";

const Scores = z.object({
  name: z.string(),
  unit: z.string().nullable(),
  better: Better,
  /** Of each test picture; null for a measure of the whole set. */
  values: z.array(Figure).nullable(),
  /** Of the test set: the mean over pictures, or the measure of the set. */
  mean: Figure,
});

/** One metric over the test pictures. */
export type Scores = z.infer<typeof Scores>;

const Result = z.object({
  format: z.literal(1),
  /** The test pictures, in the order of the values. */
  names: z.array(z.string()),
  scores: z.array(Scores),
  /** The same of the inputs as they are. */
  identity: z.array(Scores),
  engine: z.object({ name: z.string(), version: z.string(), threads: z.int() }),
  /** The data's fingerprint. */
  data: z.string(),
  commit: z.string().nullable(),
  /** Names of the pictures in the run folder's `strip/`. */
  strip: z.array(z.string()),
  steps: z.int(),
  /** Of a step of training, without the first ones. */
  secondsPerStep: z.number(),
  /** From the start of the process that finished it to its end, less its steps. */
  secondsBesides: z.number(),
  /** The most memory that its process held, bytes. */
  memory: z.number(),
  /** What its run folder takes, bytes. */
  disk: z.number(),
});

/** A finished cell. */
export type CellResult = z.infer<typeof Result>;

function resultPath(folder: string, address: string): string {
  return join(folder, "cells", `${address}.result.json`);
}

/** Writes the result of a cell: from then on it is finished. */
export async function writeResult(
  folder: string,
  address: string,
  result: CellResult,
): Promise<void> {
  await writeTextDurably(resultPath(folder, address), figuresJson(result));
}

/** The result of a cell, or null if it has none that can be read: then it is computed again. */
export async function readResult(folder: string, address: string): Promise<CellResult | null> {
  try {
    return Result.parse(JSON.parse(await Deno.readTextFile(resultPath(folder, address))));
  } catch {
    return null;
  }
}

/** What a folder takes on disk, bytes. */
export async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) bytes += await bytesIn(path);
    else if (isFile) bytes += (await Deno.stat(path)).size;
  }
  return bytes;
}

/** Seconds of a step of a run; the first ones of a process, which take longer, do not move it. */
export async function medianStep(run: string): Promise<number> {
  const steps = (await readMetrics(run)).flatMap((line) =>
    line.kind === "step" ? [line.milliseconds] : []
  ).sort((a, b) => a - b);
  return (steps[Math.floor(steps.length / 2)] ?? 0) / 1000;
}
