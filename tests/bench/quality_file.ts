/** The file of results of `bench quality`, and the seed beside it that was interrupted. */
import { join } from "@std/path";
import { z } from "zod";
import {
  isFile,
  removeDurably,
  writeFolderDurably,
  writeTextDurably,
} from "../../core/base/files.ts";
import { PairlabError } from "../../core/base/errors.ts";
import { Ready } from "./messages.ts";

const Scores = z.record(z.string(), z.number());

const Engine = Ready.pick({ engine: true, version: true, threads: true, compile: true });

const MadeWith = z.object({
  /** Of Pairlab's sources, with `+` if they were changed; null outside git. */
  commit: z.string().nullable(),
  versions: z.record(z.string(), z.string()),
  pairlab: Engine,
  pytorch: Engine,
  machine: z.object({
    cpu: z.string(),
    vectors: z.enum(["AVX-512", "AVX2", "other"]),
    cores: z.number(),
    memory: z.number(),
  }),
});

/** The programs and the machine of a training. */
export type MadeWith = z.infer<typeof MadeWith>;

const SeedResult = z.object({
  seed: z.number(),
  /** More than one if it was interrupted and went on with others; missing in older files. */
  made: z.array(MadeWith).optional(),
  /** Seconds of all steps. */
  seconds: z.object({ pairlab: z.number(), pytorch: z.number() }),
  epochs: z.array(z.object({ epoch: z.number(), pairlab: Scores, pytorch: Scores })),
});

/** What both frameworks came to with one seed. */
export type SeedResult = z.infer<typeof SeedResult>;

const Settings = z.object({
  /** Left out for flowers_deblur, as in older files. */
  experiment: z.string().optional(),
  dataset: z.string(),
  train: z.number(),
  test: z.number(),
  size: z.number(),
  width: z.number(),
  epochs: z.number(),
  every: z.number(),
});

/** What is run: results of other settings do not mix. */
export type Settings = z.infer<typeof Settings>;

const QualityFile = z.object({
  settings: Settings,
  /** The test pictures' inputs as they are, beside their targets. */
  input: Scores,
  seeds: z.array(SeedResult),
});

/** The means over the test pictures, by seed and epoch. */
export type QualityResult = z.infer<typeof QualityFile>;

/**
 * Reads the results that there are.
 *
 * @param none What to begin with if there are none.
 * @throws {PairlabError} If they are of other settings.
 */
export async function readResults(file: string, none: QualityResult): Promise<QualityResult> {
  if (!await isFile(file)) return none;
  const before = QualityFile.parse(JSON.parse(await Deno.readTextFile(file)));
  checkSettings(file, before.settings, none.settings);
  return before;
}

/** Writes the results. */
export async function writeResults(file: string, result: QualityResult): Promise<void> {
  await writeTextDurably(file, `${JSON.stringify(result, null, 2)}\n`);
}

/** A seed that is not done, and the folder that holds what both trainings go on from. */
export interface UnfinishedSeed {
  readonly folder: string;
  readonly result: SeedResult;
}

const SeedFile = z.object({ settings: Settings, result: SeedResult });

/** Where a seed is kept while it is trained: beside the results. */
function seedFolder(file: string, seed: number): string {
  return `${file}.seed-${seed}`;
}

/**
 * Opens the seed that was interrupted, if there is one.
 *
 * @throws {PairlabError} If it is of other settings.
 */
export async function openSeed(
  file: string,
  seed: number,
  settings: Settings,
): Promise<UnfinishedSeed | undefined> {
  const folder = seedFolder(file, seed);
  const path = join(folder, "result.json");
  if (!await isFile(path)) return undefined;
  const before = SeedFile.parse(JSON.parse(await Deno.readTextFile(path)));
  checkSettings(folder, before.settings, settings);
  return { folder, result: before.result };
}

/**
 * Keeps a seed so far, all of it or nothing.
 *
 * @param write Adds what both trainings go on from.
 */
export async function keepSeed(
  file: string,
  settings: Settings,
  result: SeedResult,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  await writeFolderDurably(seedFolder(file, result.seed), async (folder) => {
    await write(folder);
    await writeTextDurably(join(folder, "result.json"), JSON.stringify({ settings, result }));
  });
}

/** Removes what was kept of a seed that is done. */
export async function forgetSeed(file: string, seed: number): Promise<void> {
  await removeDurably(seedFolder(file, seed));
}

function checkSettings(path: string, found: Settings, wanted: Settings): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  throw new PairlabError(
    `Cannot add to "${path}": it holds results of ${JSON.stringify(found)}, and these are of ${
      JSON.stringify(wanted)
    }. Name another file with --results.`,
  );
}
