/** The result of a cell. */
import { join } from "@std/path";
import { z } from "zod";
import { writeTextDurably } from "../base/files.ts";
import { Better, Figure, figuresJson } from "../base/json.ts";
import { medianOf } from "../evaluate/statistics.ts";
import { readMetrics } from "../runs/metrics_log.ts";

const Scores = z.object({
  name: z.string(),
  unit: z.string().nullable(),
  better: Better,
  /** By test picture; null for a measure of the whole set. */
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
  /** Scores of the inputs as they are. */
  identity: z.array(Scores),
  engine: z.object({ name: z.string(), version: z.string(), threads: z.int() }),
  /** The data's fingerprint. */
  data: z.string(),
  commit: z.string().nullable(),
  /** How it was chosen by test pictures, if it was. */
  chosen: z.string().nullable().optional(),
  /** Training pairs that were kept for validation instead. */
  kept: z.int().optional(),
  /** Names of the pictures in the run folder's `strip/`. */
  strip: z.array(z.string()),
  steps: z.int(),
  /** The median over steps. */
  secondsPerStep: z.number(),
  /** Time of the process that finished it, less its steps. */
  secondsBesides: z.number(),
  /** Peak memory of its process, bytes. */
  memory: z.number(),
  /** Size of its run folder, bytes. */
  disk: z.number(),
});

/** A finished cell. */
export type CellResult = z.infer<typeof Result>;

function resultPath(folder: string, address: string): string {
  return join(folder, "cells", `${address}.result.json`);
}

/** Writes the result of a cell, which finishes it. */
export async function writeResult(
  folder: string,
  address: string,
  result: CellResult,
): Promise<void> {
  await writeTextDurably(resultPath(folder, address), figuresJson(result));
}

/** Reads the result of a cell; null if it cannot be read, then the cell runs again. */
export async function readResult(folder: string, address: string): Promise<CellResult | null> {
  try {
    return Result.parse(JSON.parse(await Deno.readTextFile(resultPath(folder, address))));
  } catch {
    return null;
  }
}

/** The size of a folder, bytes. */
export async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) bytes += await bytesIn(path);
    else if (isFile) bytes += (await Deno.stat(path)).size;
  }
  return bytes;
}

/** The median time of a step, seconds; slow first steps do not move it. */
export async function medianStep(run: string): Promise<number> {
  const steps = (await readMetrics(run)).flatMap((line) =>
    line.kind === "step" ? [line.milliseconds] : []
  );
  return (medianOf(steps) ?? 0) / 1000;
}
