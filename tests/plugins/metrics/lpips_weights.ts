/** Writes weights for LPIPS that a formula makes: those of `fixtures/make_lpips.py`. */
import { writeSafetensors } from "../../../core/runs/safetensors.ts";
import { type LpipsNetwork, NETWORKS } from "../../../plugins/metrics/lpips/networks.ts";
import { numbers } from "../../fidelity/numbers.ts";

function formula(name: string, shape: readonly number[]): Float32Array {
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (name.startsWith("lin")) return numbers(name, count, 0, 1);
  if (shape.length === 1) return numbers(name, count, -0.1, 0.1);
  const bound = Math.sqrt(6 / (count / shape[0]!));
  return numbers(name, count, -bound, bound);
}

/** All weights' names and shapes, as torchvision and the authors have them. */
function shapesOf(network: LpipsNetwork): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  const { layers, features } = NETWORKS[network];
  let channels = 3, compared = 0;
  const convolution = (name: string, inputs: number, outputs: number, kernel: number): void => {
    shapes.set(`${name}.weight`, [outputs, inputs, kernel, kernel]);
    shapes.set(`${name}.bias`, [outputs]);
  };
  for (const [index, layer] of layers.entries()) {
    const name = `features.${index}`;
    if (layer.kind === "convolution") {
      convolution(name, channels, layer.filters, layer.kernel);
      channels = layer.filters;
    } else if (layer.kind === "fire") {
      convolution(`${name}.squeeze`, channels, layer.squeeze, 1);
      convolution(`${name}.expand1x1`, layer.squeeze, layer.expand, 1);
      convolution(`${name}.expand3x3`, layer.squeeze, layer.expand, 3);
      channels = 2 * layer.expand;
    }
    if (features.includes(`features${index}`)) {
      shapes.set(`lin${compared++}.model.1.weight`, [1, channels, 1, 1]);
    }
  }
  return shapes;
}

/** Writes the file that `lpips` reads. */
export async function writeLpipsWeights(path: string, network: LpipsNetwork): Promise<void> {
  const sources = [...shapesOf(network)].map(([name, shape]) => ({
    name,
    shape,
    dtype: "float32" as const,
    read: () => Promise.resolve(formula(name, shape)),
  }));
  await writeSafetensors(path, sources, {});
}
