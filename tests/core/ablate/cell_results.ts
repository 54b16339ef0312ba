/** Cells of known numbers, for tests of tables. */
import { cellAddress, type CellDefinition } from "../../../core/ablate/folder.ts";
import type { CellResult, Scores } from "../../../core/ablate/cell_result.ts";
import type { FinishedCell } from "../../../core/ablate/table.ts";

/** What defines a cell, with changes. */
export function definitionOf(changes: Partial<CellDefinition> = {}): CellDefinition {
  return {
    variant: "L1",
    label: "L1",
    seed: 1,
    scale: "quick",
    parameters: { epochs: 2, batch: 1, size: 32, seed: 1 },
    limit: null,
    data: "sha256:data",
    backend: "cpu",
    sources: "aa".repeat(32),
    ...changes,
  };
}

/** A metric whose mean is that of its values. */
export function scoresOf(
  name: string,
  values: number[],
  better: Scores["better"] = "higher",
): Scores {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { name, unit: null, better, values, mean };
}

/** The result of a cell of three test pictures, with changes. */
export function resultOf(changes: Partial<CellResult> = {}): CellResult {
  return {
    format: 1,
    names: ["a", "b", "c"],
    scores: [scoresOf("psnr", [20, 21, 22])],
    identity: [scoresOf("psnr", [18, 19, 20])],
    engine: { name: "cpu", version: "4.22.0", threads: 1 },
    data: "sha256:data",
    commit: "c0ffee",
    strip: [],
    steps: 8,
    secondsPerStep: 0.5,
    secondsBesides: 2,
    memory: 1e9,
    disk: 1e6,
    ...changes,
  };
}

/** A finished cell. */
export function finishedCell(
  definition: Partial<CellDefinition>,
  result: Partial<CellResult> = {},
): FinishedCell {
  const defined = definitionOf(definition);
  return { address: cellAddress(defined), definition: defined, result: resultOf(result) };
}
