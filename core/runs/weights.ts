/** The weights of networks and optimizers as arrays of a file, and back. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Variable } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { namedVariables } from "../model/networks.ts";
import type { StoredTensor, TensorSource } from "./safetensors.ts";

/** The file of G. */
export const GENERATOR_FILE = "generator.safetensors";

/** The file of the average of G: a generator's file too. */
export const AVERAGED_FILE = "generator_averaged.safetensors";

/** The file of the discriminator. */
export const DISCRIMINATOR_FILE = "discriminator.safetensors";

/** Variables as arrays of a file. */
export function sourcesOf(variables: ReadonlyMap<string, Variable>): TensorSource[] {
  return [...variables].map(([name, variable]) => ({
    name,
    shape: variable.shape,
    dtype: variable.dtype === "int32" ? "int32" : "float32",
    read: () => variable.data() as Promise<Float32Array | Int32Array>,
  }));
}

/**
 * Puts the weights of a generator's file into a model of the same architecture.
 *
 * @throws {PairlabError} If the file is of another network.
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
 * Checks that a file holds exactly the arrays that the variables need.
 *
 * @throws {PairlabError} Names what is missing, unknown or of another shape.
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
      `Cannot use "${path}": it is of another network (${
        [...list("it lacks", missing), ...list("it has", unknown)].join("; ")
      }). Restore the experiment of that time`,
    );
  }
  for (const [name, { shape }] of variables) {
    const found = stored.get(name)?.shape ?? [];
    if (found.join() !== shape.join()) {
      throw new PairlabError(
        `Cannot use "${path}": "${name}" has the shape [${found}] where this network has [${shape}]. Restore the experiment of that time`,
      );
    }
  }
}

function list(what: string, names: string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > 2 ? ` and ${names.length - 2} more` : "";
  return [`${what} ${names.slice(0, 2).map((name) => `"${name}"`).join(", ")}${more}`];
}

/** Assigns arrays to variables, after {@link checkFit}. */
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
