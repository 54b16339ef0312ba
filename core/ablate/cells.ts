/** The cells of a sweep: variants times seeds, checked before any of them is trained. */
import { join } from "@std/path";
import { listCheckpoints } from "../runs/checkpoint.ts";
import { PairlabError } from "../base/errors.ts";
import type { ParameterValues } from "../experiment/parameters.ts";
import { suggest } from "../base/nearest.ts";
import { loadExperiment, type Plan, planExperiment } from "../experiment/plan.ts";
import { stepsPerEpoch } from "../data/loader.ts";
import type { OpenedData } from "../interfaces/pictures.ts";
import { type Ablation, checkSeeds } from "./ablation.ts";
import {
  type AblationRecord,
  cellAddress,
  type CellDefinition,
  files,
  writeDefinition,
} from "./folder.ts";
import { estimateMemory } from "./memory.ts";
import { readResult } from "./result.ts";
import { variantModule, writeVariantModules } from "./variant_modules.ts";
import { ownParameters } from "../experiment/vary.ts";
import { dataKey, labelOf, scaleOf } from "./variant.ts";

/** How far a cell is. */
export type CellState = "finished" | "begun" | "new";

/** One training of a sweep. */
export interface Cell {
  readonly address: string;
  readonly definition: CellDefinition;
  readonly state: CellState;
  /** The step of its newest checkpoint, from which it would go on; 0 without one. */
  readonly saved: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** What it needs at the most, bytes, as far as its networks tell. */
  readonly memory: number;
  /** Its parameters of both networks, numbers. */
  readonly parameters: number;
}

/** Which cells of a matrix are meant. */
export interface Selection {
  /** @default all */
  readonly only?: readonly string[] | undefined;
  /** @default the matrix's */
  readonly seeds?: readonly number[] | undefined;
}

/**
 * Checks every variant, opens its data, and says which cells there are: seeds within variants.
 *
 * @throws {PairlabError} Naming the variant that could not be trained.
 */
export async function planCells(
  folder: string,
  record: AblationRecord,
  ablation: Ablation,
  { only, seeds = ablation.seeds }: Selection = {},
): Promise<Cell[]> {
  checkSeeds(seeds);
  const variants = selectVariants([...ablation.variants.keys()], only);
  checkOverrides(ablation, record, variants);
  await writeVariantModules(folder, record, variants);
  const plans = new Map<string, Plan>();
  for (const variant of variants) plans.set(variant, await planVariant(folder, record, variant));

  const opened = new Map<string, Promise<OpenedData>>();
  const cells: Cell[] = [];
  await Deno.mkdir(files.cells(folder), { recursive: true });
  for (const [variant, plan] of plans) {
    for (const seed of seeds) {
      const parameters: ParameterValues = { ...plan.parameters, seed };
      const key = dataKey(ablation, variant, parameters);
      const data = opened.get(key) ?? plan.experiment.wire(parameters).data.open();
      opened.set(key, data);
      const { fingerprint, train } = await data;
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
      await writeDefinition(folder, definition);
      const pairs = Math.min(record.limit ?? Infinity, train.names.length);
      const { batch, epochs } = parameters;
      const { generatorParameters, discriminatorParameters } = plan.findings;
      cells.push({
        address: cellAddress(definition),
        definition,
        ...await whereItStands(folder, cellAddress(definition)),
        steps: epochs * stepsPerEpoch(pairs, batch),
        memory: estimateMemory(plan.wiring, plan.shape, batch),
        parameters: generatorParameters + discriminatorParameters,
      });
    }
  }
  return cells;
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

/** Refuses a parameter on the command line that a variant sets: one of them would not be heard. */
function checkOverrides(
  ablation: Ablation,
  { parameters }: AblationRecord,
  names: readonly string[],
): void {
  for (const key of Object.keys(parameters)) {
    if (key === "seed") {
      throw new PairlabError('Cannot set "seed" for all cells: --seeds=1,2,3 would work');
    }
    for (const name of names) {
      const variant = ablation.variants.get(name);
      if (variant === undefined || !Object.hasOwn(ownParameters(variant), key)) continue;
      throw new PairlabError(
        `Cannot set "${key}" for all cells: the variant "${name}" sets it itself, --only with others would work`,
      );
    }
  }
}

async function planVariant(
  folder: string,
  record: AblationRecord,
  variant: string,
): Promise<Plan> {
  const module = await loadExperiment(variantModule(folder, record, variant));
  try {
    return planExperiment(module, record.parameters);
  } catch (error) {
    if (!(error instanceof PairlabError)) throw error;
    throw new PairlabError(`The variant "${variant}": ${error.message}`, { cause: error });
  }
}

async function whereItStands(
  folder: string,
  address: string,
): Promise<Pick<Cell, "state" | "saved">> {
  const { whole } = await listCheckpoints(join(files.run(folder, address), "checkpoints"));
  const saved = whole[0]?.state.step ?? 0;
  if (await readResult(folder, address) !== null) return { state: "finished", saved };
  return { state: whole.length > 0 ? "begun" : "new", saved };
}

/** Fails at once for a scale that the matrix has not. */
export function checkScale(ablation: Ablation, scale: string | undefined): string {
  const chosen = scale ?? [...ablation.scales.keys()][0] ?? "";
  scaleOf(ablation, chosen);
  return chosen;
}
