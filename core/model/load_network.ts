/** Trained networks from files, for losses and metrics that compare features. */
import { dirname, join } from "@std/path";
import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { messageOf, PairlabError } from "../base/errors.ts";

/**
 * Loads a network from the files of TensorFlow.js' layers format, e.g. one that
 * `tensorflowjs_converter` has made of a Keras model: `model.json`, and the files of weights that it
 * names, beside it. `tf.loadLayersModel` by itself reads only from networks of computers.
 *
 * @param path Of `model.json`.
 * @throws {PairlabError} If a file is missing or damaged, or of another format.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { loadNetwork } from "./load_network.ts";
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
  try {
    const model: Partial<tf.io.ModelJSON> = JSON.parse(await Deno.readTextFile(path));
    if (model.modelTopology === undefined || model.weightsManifest === undefined) {
      throw new Error("it holds no layers");
    }
    if (model.format === "graph-model") throw new Error("it is a graph, whose layers are gone");
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
      }, the model.json of a layers model of TensorFlow.js with the files that it names would work`,
      { cause: error },
    );
  }
}

async function readWeights(
  folder: string,
  manifest: tf.io.WeightsManifestConfig,
): Promise<[tf.io.WeightsManifestEntry[], ArrayBuffer]> {
  const files = manifest.flatMap(({ paths }) => paths);
  const parts = await Promise.all(files.map((file) => Deno.readFile(join(folder, file))));
  const bytes = await new Blob(parts).arrayBuffer();
  return [manifest.flatMap(({ weights }) => weights), bytes];
}
