/** Trained networks from files, and the features that their layers compute. */
import { dirname, join } from "@std/path";
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { messageOf, PairlabError } from "../base/errors.ts";
import { exists, pathWithin } from "../base/files.ts";
import { suggest } from "../base/nearest.ts";
import { loadKerasNetwork } from "./keras_network.ts";

/**
 * Loads a network that Keras has saved whole (`.keras`, `.h5`), or one in TensorFlow.js' layers
 * format: `model.json` and the weight files that it names, in the same folder.
 *
 * @param path Path of the file.
 * @throws {PairlabError} If a file is missing, damaged or of another format.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { loadNetwork } from "./pretrained.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const folder = await Deno.makeTempDir();
 * const model = {
 *   format: "layers-model",
 *   modelTopology: tf.sequential({
 *     layers: [tf.layers.globalAveragePooling2d({ inputShape: [null, null, 3], name: "mean" })],
 *   }).toJSON(null, false),
 *   weightsManifest: [],
 * };
 * await Deno.writeTextFile(`${folder}/model.json`, JSON.stringify(model));
 * const network = await loadNetwork(`${folder}/model.json`);
 * assertEquals(network.getLayer("mean").outputShape, [null, 3]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function loadNetwork(path: string): Promise<LayersModel> {
  if (/\.(keras|h5|hdf5)$/i.test(path)) return await loadKerasNetwork(path);
  try {
    const model: Partial<tf.io.ModelJSON> = JSON.parse(await Deno.readTextFile(path));
    if (model.modelTopology === undefined || model.weightsManifest === undefined) {
      throw new Error("it holds no layers");
    }
    if (model.format === "graph-model") throw new Error("it is a graph model, which has no layers");
    const load = (): Promise<tf.io.ModelArtifacts> =>
      tf.io.getModelArtifactsForJSON(
        model as tf.io.ModelJSON,
        (manifest) => readWeights(dirname(path), manifest),
      );
    return await tf.loadLayersModel({ load });
  } catch (error) {
    throw new PairlabError(
      `Cannot load the network "${path}": ${
        messageOf(error)
      }. Use the model.json of a TensorFlow.js layers model, with its weight files beside it.`,
      { cause: error },
    );
  }
}

async function readWeights(
  folder: string,
  manifest: tf.io.WeightsManifestConfig,
): Promise<[tf.io.WeightsManifestEntry[], ArrayBuffer]> {
  const files = manifest.flatMap(({ paths }) => paths);
  const parts = await Promise.all(files.map(async (file) => {
    const path = join(folder, file), found = await pathWithin(folder, file);
    if (found === null && await exists(path)) throw new Error(`"${file}" is not in its folder`);
    return await Deno.readFile(found ?? path);
  }));
  const bytes = await new Blob(parts).arrayBuffer();
  return [manifest.flatMap(({ weights }) => weights), bytes];
}

/** Computes features of pictures `[batch, height, width, channels]`, one tensor per layer. */
export type FeatureExtractor = (pictures: Tensor4D) => Tensor[];

/**
 * Makes a function that computes the outputs of some layers of a network, in inference mode. It
 * shares the network's weights and does not change them.
 *
 * @param network A network of one input.
 * @param layers Names of the layers.
 * @throws {PairlabError} If the network lacks a layer; when applied, if the pictures do not fit it.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { featureExtractor } from "./pretrained.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const network = tf.sequential({
 *   layers: [tf.layers.averagePooling2d({ poolSize: 4, inputShape: [8, 8, 3], name: "mean" })],
 * });
 * const [features] = featureExtractor(network, ["mean"])(tf.ones([1, 8, 8, 3]));
 * assertEquals(features?.shape, [1, 2, 2, 3]);
 * ```
 */
export function featureExtractor(
  network: LayersModel,
  layers: readonly string[],
): FeatureExtractor {
  const known = network.layers.map(({ name }) => name);
  const outputs = layers.map((name) => {
    if (known.includes(name)) return network.getLayer(name).output as SymbolicTensor;
    throw new PairlabError(
      `Cannot compare features of "${name}": the network "${network.name}" has no such layer. ${
        suggest(name, known)
      }`,
    );
  });
  const extractor = tf.model({ inputs: network.inputs, outputs });
  return (pictures) => {
    checkPictures(extractor, pictures);
    const features = extractor.apply(pictures) as Tensor | Tensor[];
    return Array.isArray(features) ? features : [features];
  };
}

/**
 * The layers whose features are compared, with their weights.
 *
 * @param layers Names (each has weight 1), or weights by name.
 * @throws {RangeError} If there are no layers.
 *
 * @example
 * ```ts
 * import { layerWeights } from "./pretrained.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...layerWeights(["mean"])], [["mean", 1]]);
 * assertEquals([...layerWeights({ mean: 0.5 })], [["mean", 0.5]]);
 * ```
 */
export function layerWeights<W>(
  layers: readonly string[] | Readonly<Record<string, W>>,
): ReadonlyMap<string, W | 1> {
  const isList = (given: typeof layers): given is readonly string[] => Array.isArray(given);
  const weights = new Map<string, W | 1>(
    isList(layers) ? layers.map((name) => [name, 1]) : Object.entries(layers),
  );
  if (weights.size > 0) return weights;
  throw new RangeError("Cannot compare features: no layer is named. Name one or more.");
}

function checkPictures({ inputs }: LayersModel, { shape }: Tensor4D): void {
  const expected = inputs.map((input) => input.shape);
  const fits = expected.length === 1 && expected[0]!.length === shape.length &&
    expected[0]!.every((extent, axis) => extent === null || extent === shape[axis]);
  if (fits) return;
  throw new PairlabError(
    `Cannot compare features of pictures [${shape.join(", ")}]: the network takes ${
      expected.map((extents) => `[${extents.map((extent) => extent ?? "any").join(", ")}]`).join(
        " and ",
      )
    }. Resize them or change their channels in preprocess.`,
  );
}
