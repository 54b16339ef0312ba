/** Weights of imported networks that a formula makes: those of `fixtures/make_*.py`. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor4D } from "@tensorflow/tfjs";
import type { NetworkWeights } from "../../../core/plugin.ts";
import { writeSafetensors } from "../../../core/runs/safetensors.ts";
import {
  buildNetwork,
  type LpipsNetwork,
  NETWORKS,
} from "../../../plugins/metrics/lpips/networks.ts";
import { numbers } from "../../fidelity/numbers.ts";

function formula(name: string, shape: readonly number[]): Float32Array {
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (name.startsWith("lin")) return numbers(name, count, 0, 1);
  if (shape.length > 1) {
    const bound = Math.sqrt(6 / (count / shape[0]!));
    return numbers(name, count, -bound, bound);
  }
  const isScale = /(running_var|bn\d*\.weight)$/.test(name);
  return isScale ? numbers(name, count, 0.8, 1.2) : numbers(name, count, -0.1, 0.1);
}

/** Writes the file of the weights that a network asks for when it is built. */
export async function writeFormulaWeights(
  path: string,
  build: (weights: NetworkWeights) => LayersModel,
  others: readonly (readonly [name: string, shape: number[]])[] = [],
): Promise<void> {
  const asked = new Map<string, readonly number[]>(others);
  const get = (name: string, shape: readonly number[]): Float32Array => {
    asked.set(name, shape);
    return formula(name, shape);
  };
  build({ network: "recorded", get } as unknown as NetworkWeights).dispose();
  const sources = [...asked].map(([name, shape]) => ({
    name,
    shape,
    dtype: "float32" as const,
    read: () => Promise.resolve(formula(name, shape)),
  }));
  await writeSafetensors(path, sources, {});
}

/** Writes the file that `lpips` reads. */
export async function writeLpipsWeights(path: string, network: LpipsNetwork): Promise<void> {
  await writeFormulaWeights(
    path,
    (weights) => buildNetwork(network, weights),
    NETWORKS[network].channels.map((count, index) => [
      `lin${index}.model.1.weight`,
      [1, count, 1, 1],
    ]),
  );
}

/** Two pictures that a formula makes. */
export function pictures(name: string, [height, width]: readonly number[]): Tensor4D {
  return tf.tensor4d(numbers(name, 2 * height! * width! * 3, -1, 1), [2, height!, width!, 3]);
}
