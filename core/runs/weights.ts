/** What a checkpoint holds: every variable of a training, by file and name. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Variable } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { namedVariables, type Networks } from "../model/networks.ts";
import type { UpdateRule } from "../interfaces/objectives.ts";
import type { Updates } from "../model/optimizers.ts";
import type { StoredTensor, TensorSource } from "./safetensors.ts";

/** The name of the file that holds G. */
export const GENERATOR_FILE = "generator.safetensors";

/** The name of the file that holds the average of G, where there is one: a generator's file too. */
export const AVERAGED_FILE = "generator_averaged.safetensors";

/** The name of the file that holds the pool of earlier fakes. */
export const REPLAY_FILE = "replay.safetensors";

/** The variables of a training, by file, then by a name that is the same in every process. */
export function variablesByFile(
  { generator, discriminator, averaged }: Networks,
  updates: Updates,
): Map<string, Map<string, Variable>> {
  const files = new Map([[GENERATOR_FILE, namedVariables(generator)]]);
  if (discriminator !== undefined) {
    files.set("discriminator.safetensors", namedVariables(discriminator));
  }
  if (averaged !== undefined) files.set(AVERAGED_FILE, namedVariables(averaged));
  const optimizer = new Map<string, Variable>();
  for (const [network, rule] of Object.entries(updates) as [string, UpdateRule][]) {
    for (const [name, variable] of Object.entries(rule.state)) {
      optimizer.set(`${network}/${name}`, variable);
    }
  }
  return files.set("optimizer.safetensors", optimizer);
}

/** Variables as a file of them is written. */
export function sourcesOf(variables: ReadonlyMap<string, Variable>): TensorSource[] {
  return [...variables].map(([name, variable]) => ({
    name,
    shape: variable.shape,
    dtype: variable.dtype === "int32" ? "int32" : "float32",
    read: () => variable.data() as Promise<Float32Array | Int32Array>,
  }));
}

/**
 * Puts the numbers of a generator's file into a model built alike.
 *
 * @throws {PairlabError} If the file was written by another network.
 */
export function assignWeights(
  path: string,
  model: LayersModel,
  tensors: ReadonlyMap<string, StoredTensor>,
): void {
  checkFit(path, namedVariables(model), tensors);
  assignAll(namedVariables(model), tensors);
}

/**
 * Checks that a file's arrays are those that the variables need.
 *
 * @throws {PairlabError} Naming what is missing, unknown or of another shape.
 */
export function checkFit(
  path: string,
  variables: ReadonlyMap<string, Variable>,
  stored: ReadonlyMap<string, StoredTensor>,
): void {
  const missing = [...variables.keys()].filter((name) => !stored.has(name));
  const unknown = [...stored.keys()].filter((name) => !variables.has(name));
  if (missing.length + unknown.length > 0) {
    throw new PairlabError(
      `Cannot use "${path}": it was written by another network (${
        [...list("it lacks", missing), ...list("it has", unknown)].join("; ")
      }), the experiment as it was then would work`,
    );
  }
  for (const [name, { shape }] of variables) {
    const found = stored.get(name)?.shape ?? [];
    if (found.join() !== shape.join()) {
      throw new PairlabError(
        `Cannot use "${path}": "${name}" has the shape [${found}] where this network has [${shape}], the experiment as it was then would work`,
      );
    }
  }
}

function list(what: string, names: string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > 2 ? ` and ${names.length - 2} more` : "";
  return [`${what} ${names.slice(0, 2).map((name) => `"${name}"`).join(", ")}${more}`];
}

/** Assigns arrays to variables that {@link checkFit} has found to fit. */
export function assignAll(
  variables: ReadonlyMap<string, Variable>,
  stored: ReadonlyMap<string, StoredTensor>,
): void {
  for (const [name, variable] of variables) {
    const { values, shape, dtype } = stored.get(name)!;
    const tensor = tf.tensor(values, shape, dtype);
    variable.assign(tensor);
    tensor.dispose();
  }
}
