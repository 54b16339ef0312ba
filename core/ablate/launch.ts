/** The launch of a sweep: its record, with settings and sources, and its folder. */
import { basename, extname } from "@std/path";
import type { EngineChoice } from "../backends/engine.ts";
import { PairlabError } from "../base/errors.ts";
import { changedSources } from "../experiment/imported_sources.ts";
import type { GivenParameters } from "../experiment/parameters.ts";
import { asArgument } from "../base/shell_argument.ts";
import { entriesIn, isTemporary, refuseLinks } from "../base/files.ts";
import { checkTrusted, rememberTrusted } from "../experiment/trust.ts";
import type { Launcher } from "../interfaces/launchers.ts";
import type { Ablation } from "./ablation.ts";
import {
  type AblationRecord,
  defaultAblationFolder,
  isAblation,
  readAblationRecord,
  writeAblationRecord,
} from "./folder.ts";
import { loadMatrix } from "./matrix.ts";
import { checkSources, listed, readSources } from "./sources.ts";
import { scaleOf } from "./variant.ts";
import { slug } from "./variant_modules.ts";

/** What a sweep is launched with. */
export interface LaunchOptions {
  /** @default the matrix's first */
  readonly scale?: string | undefined;
  /** Parameters of the experiment, for all variants. */
  readonly parameters: GivenParameters;
  readonly limit?: number | undefined;
  readonly backend: EngineChoice;
  /** Decides the threads of each cell. @default the matrix's */
  readonly launcher?: Launcher | undefined;
  /** Cells that share the cores of this machine, where the launcher does not say how many each has. */
  readonly jobs: number;
  /** The sweep's folder. @default one that is named after what is launched */
  readonly folder?: string | undefined;
  /** Continue a sweep whose sources changed. @default false */
  readonly allowChanges?: boolean | undefined;
  /** Execute the matrix that a sweep's folder names, wherever it comes from. @default false */
  readonly trust?: boolean | undefined;
}

/** A sweep that can be worked on. */
export interface Sweep {
  readonly folder: string;
  readonly record: AblationRecord;
  readonly ablation: Ablation;
  /** True if it was launched before. */
  readonly continues: boolean;
}

/**
 * Prepares a sweep. Nothing is written yet; if the same sweep was launched before, it is continued.
 *
 * @param matrix The path of the matrix file.
 * @throws {PairlabError} If something else is in the folder.
 */
export async function launch(matrix: string, options: LaunchOptions): Promise<Sweep> {
  const { parameters, limit, backend, jobs } = options;
  // The user named it.
  await rememberTrusted(matrix);
  const ablation = await loadMatrix(matrix);
  const { cores } = options.launcher ?? ablation.launcher ?? {};
  const scale = options.scale ?? [...ablation.scales.keys()][0] ?? "";
  scaleOf(ablation, scale);
  const record: AblationRecord = {
    format: 1,
    name: slug(basename(matrix, extname(matrix))),
    file: matrix,
    scale,
    parameters: { ...parameters },
    limit: limit ?? null,
    backend,
    threads: cores ?? Math.max(Math.floor(navigator.hardwareConcurrency / jobs), 1),
    sources: await readSources(matrix),
    launched: new Date().toISOString(),
  };
  const folder = options.folder ?? defaultAblationFolder(record);
  // Its record is the first file of a sweep, should another process launch it right now.
  const inTheWay = (await entriesIn(folder)).find(({ name }) => !isTemporary(name))?.name;
  if (inTheWay === undefined) return { folder, record, ablation, continues: false };
  if (!await isAblation(folder)) {
    throw new PairlabError(
      `Cannot launch a sweep in "${folder}": it holds "${inTheWay}". Choose a new or empty folder.`,
    );
  }
  const known = await readAblationRecord(folder);
  const sameSettings = defaultAblationFolder({ ...known, sources: record.sources }) ===
    defaultAblationFolder(record);
  const changed = changedSources(known.sources.modules, record.sources.modules);
  if (sameSettings && (changed.length === 0 || options.allowChanges)) {
    return await continueSweep(folder, options);
  }
  throw new PairlabError(
    `Cannot launch a sweep in "${folder}": it holds another one, launched with ${
      sameSettings ? `other sources (${listed(changed)})` : "other settings"
    }. Choose a new folder, or continue that one with deno task ablate ${asArgument(folder)}${
      sameSettings ? " --allow-changes" : ""
    }.`,
  );
}

/**
 * Prepares a launched sweep to be continued.
 *
 * @throws {PairlabError} If its matrix is not trusted, or its sources changed and changes are not
 * allowed.
 */
export async function continueSweep(
  folder: string,
  { allowChanges = false, trust }: Pick<LaunchOptions, "allowChanges" | "trust">,
): Promise<Sweep> {
  await refuseLinks(folder);
  let record = await readAblationRecord(folder);
  await checkTrusted(record.file, folder, { trust });
  if (allowChanges) record = await acceptChanges(folder, record);
  await checkSources(folder, record);
  return { folder, record, ablation: await loadMatrix(record.file), continues: true };
}

/** Takes the sources as they are now; the record, and each table, says which ones changed. */
async function acceptChanges(folder: string, record: AblationRecord): Promise<AblationRecord> {
  const { sources } = record;
  const { modules } = await readSources(record.file);
  const changed = changedSources(sources.modules, modules);
  if (changed.length === 0) return record;
  const change = { time: new Date().toISOString(), modules: changed };
  const noted = {
    ...record,
    sources: { ...sources, modules: [...modules], changes: [...sources.changes ?? [], change] },
  };
  await writeAblationRecord(folder, noted);
  return noted;
}
