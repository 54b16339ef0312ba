/** Finds and loads matrix files. */
import { pathToFileURL } from "node:url";
import { join } from "@std/path";
import { messageOf, PairlabError } from "../base/errors.ts";
import { ROOT } from "../base/module_graph.ts";
import { isFile } from "../base/files.ts";
import { oneOf, suggest } from "../base/nearest.ts";
import { isPath, listExperiments } from "../experiment/plan.ts";
import type { Ablation } from "./ablation.ts";

/** The folder of the matrices that come with Pairlab. */
const MATRICES = join(ROOT, "experiments", "ablations");

/**
 * Loads a matrix file.
 *
 * @throws {PairlabError} If it does not load, or its default export is not an ablation.
 */
export async function loadMatrix(path: string): Promise<Ablation> {
  let loaded: { readonly default?: unknown };
  try {
    loaded = await import(pathToFileURL(path).href);
  } catch (error) {
    throw new PairlabError(`Cannot load the matrix "${path}": ${messageOf(error)}`, {
      cause: error,
    });
  }
  const ablation = loaded.default;
  if (isAblation(ablation)) return ablation;
  throw new PairlabError(
    `Cannot use "${path}" as a matrix: its default export is ${
      ablation === undefined ? "missing" : "something else"
    }. Write "export default ablation({ … })".`,
  );
}

function isAblation(value: unknown): value is Ablation {
  return typeof value === "object" && value !== null && "variants" in value && "seeds" in value;
}

/** The names of the matrices that come with Pairlab. */
export async function listMatrices(): Promise<string[]> {
  return await listExperiments(MATRICES);
}

/**
 * The path of a matrix file by its name in `experiments/ablations/`, e.g. `losses`, or by its path.
 *
 * @throws {PairlabError} If it does not exist.
 */
export async function findMatrix(reference: string): Promise<string> {
  const names = await listMatrices();
  if (isPath(reference)) {
    if (await isFile(reference)) return reference;
    throw new PairlabError(
      `Cannot find the matrix "${reference}": the file does not exist. Use the path of a file, or ${
        oneOf(names)
      }.`,
    );
  }
  if (names.includes(reference)) return join(MATRICES, `${reference}.ts`);
  throw new PairlabError(
    `Cannot find the matrix "${reference}". ${
      suggest(reference, names, `Use ${names.join(", ")}, or the path of a file.`)
    }`,
  );
}
