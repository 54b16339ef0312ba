/** The cells of a sweep: variants times seeds, all checked before the first one is trained. */
import { join } from "@std/path";
import { pathToFileURL } from "node:url";
import { listCheckpoints } from "../runs/checkpoints.ts";
import { PairlabError } from "../base/errors.ts";
import { suggest } from "../base/nearest.ts";
import { stepsPerEpoch } from "../data/loader.ts";
import { dataFor } from "../experiment/choices.ts";
import { guardData } from "../experiment/guard.ts";
import type { ParameterValues } from "../experiment/parameters.ts";
import { type Plan, planExperiment } from "../experiment/plan.ts";
import { ownParameters } from "../experiment/vary.ts";
import type { OpenedData } from "../interfaces/pictures.ts";
import { type Ablation, checkSeeds } from "./ablation.ts";
import {
  type AblationRecord,
  cellAddress,
  type CellDefinition,
  files,
  writeAblationRecord,
  writeDefinition,
} from "./folder.ts";
import type { Sweep } from "./launch.ts";
import { estimateMemory } from "./memory.ts";
import { readResult } from "./cell_result.ts";
import { dataKey, labelOf, variantExperiment } from "./variant.ts";
import { checkVariantNames, writeVariantModules } from "./variant_modules.ts";

/** Progress of a cell: finished, with a checkpoint, or neither. */
export type CellState = "finished" | "begun" | "new";

/** One training of a sweep. */
export interface Cell {
  readonly address: string;
  readonly definition: CellDefinition;
  readonly state: CellState;
  /** The step of its newest checkpoint, from which it continues; 0 without one. */
  readonly saved: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** The memory that it needs, bytes, estimated from its networks. */
  readonly memory: number;
  /** Parameters of both networks. */
  readonly parameters: number;
}

/** The selected cells of a matrix. */
export interface Selection {
  /** @default all */
  readonly only?: readonly string[] | undefined;
  /** @default the matrix's */
  readonly seeds?: readonly number[] | undefined;
}

/**
 * Checks every variant and opens its data. Writes nothing.
 *
 * @returns Seeds within variants.
 * @throws {PairlabError} Naming the variant that cannot be trained.
 */
export async function planCells(
  { folder, record, ablation }: Sweep,
  { only, seeds = ablation.seeds }: Selection = {},
): Promise<Cell[]> {
  checkSeeds(seeds);
  const variants = selectVariants([...ablation.variants.keys()], only);
  checkVariantNames(variants);
  checkOverrides(ablation, record, variants);
  const plans = new Map(variants.map((name) => [name, planVariant(ablation, record, name)]));

  const opened = new Map<string, Promise<OpenedData>>();
  const cells: Cell[] = [];
  for (const [variant, plan] of plans) {
    for (const seed of seeds) {
      const parameters: ParameterValues = { ...plan.parameters, seed };
      const key = dataKey(ablation, variant, parameters);
      const data = opened.get(key) ?? guardData(plan.experiment.wire(parameters).data).open();
      opened.set(key, data);
      const { fingerprint, train } = dataFor(plan.wiring, await data);
      const definition: CellDefinition = {
        variant,
        label: labelOf(ablation, variant, parameters),
        seed,
        scale: record.scale,
        parameters,
        limit: record.limit,
        data: fingerprint,
        backend: record.backend,
        sources: record.sources.sha256,
      };
      const pairs = Math.min(record.limit ?? Infinity, train.names.length);
      const { batch, epochs } = parameters;
      const { generatorParameters, discriminatorParameters } = plan.findings;
      const address = cellAddress(definition);
      cells.push({
        address,
        definition,
        ...await progressOf(folder, address),
        steps: epochs * stepsPerEpoch(pairs, batch),
        memory: estimateMemory(plan.wiring, plan.shape, batch),
        parameters: generatorParameters + discriminatorParameters,
      });
    }
  }
  return cells;
}

/** Writes what cells read: the record, the variants as experiments, and the cells' definitions. */
export async function writeSweep(
  { folder, record, continues }: Omit<Sweep, "ablation">,
  cells: readonly Pick<Cell, "definition">[],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  if (!continues) await writeAblationRecord(folder, record);
  await Deno.mkdir(files.cells(folder), { recursive: true });
  const variants = [...new Set(cells.map(({ definition: { variant } }) => variant))];
  await writeVariantModules(folder, record, variants);
  for (const { definition } of cells) await writeDefinition(folder, definition);
}

function selectVariants(all: readonly string[], only?: readonly string[]): readonly string[] {
  for (const name of only ?? []) {
    if (all.includes(name)) continue;
    throw new PairlabError(
      `Cannot run only "${name}": the matrix has no such variant. ${suggest(name, all)}`,
    );
  }
  return all.filter((name) => only?.includes(name) ?? true);
}

/** Rejects a parameter of the command line that a variant sets too: one would have no effect. */
function checkOverrides(
  ablation: Ablation,
  { parameters }: AblationRecord,
  names: readonly string[],
): void {
  for (const key of Object.keys(parameters)) {
    if (key === "seed") {
      throw new PairlabError('Cannot set "seed" for all cells. Use --seeds=1,2,3.');
    }
    for (const name of names) {
      const variant = ablation.variants.get(name);
      if (variant === undefined || !Object.hasOwn(ownParameters(variant), key)) continue;
      throw new PairlabError(
        `Cannot set "${key}" for all cells: the variant "${name}" sets it itself. Select other variants with --only.`,
      );
    }
  }
}

function planVariant(ablation: Ablation, record: AblationRecord, variant: string): Plan {
  const experiment = variantExperiment(ablation, { variant, scale: record.scale });
  const url = pathToFileURL(record.file);
  const module = { name: variant, module: record.file, url, source: "", sha256: "", experiment };
  try {
    return planExperiment(module, record.parameters);
  } catch (error) {
    if (!(error instanceof PairlabError)) throw error;
    throw new PairlabError(`The variant "${variant}": ${error.message}`, { cause: error });
  }
}

async function progressOf(folder: string, address: string): Promise<Pick<Cell, "state" | "saved">> {
  const { whole } = await listCheckpoints(join(files.run(folder, address), "checkpoints"));
  const saved = whole[0]?.state.step ?? 0;
  if (await readResult(folder, address) !== null) return { state: "finished", saved };
  return { state: whole.length > 0 ? "begun" : "new", saved };
}
