/** What the layers of a trained network make of pictures, for losses and metrics. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { suggest } from "../base/nearest.ts";

/** The features of pictures `[batch, height, width, channels]`, one tensor for each layer. */
export type FeatureExtractor = (pictures: Tensor4D) => Tensor[];

/**
 * A network as far as some of its layers: pictures in, what those layers make of them out. It shares
 * the network's weights, is applied as in inference, and stays as it is.
 *
 * @param network Takes one picture.
 * @param layers Names of the layers.
 * @throws {PairlabError} If the network lacks a layer; when applied, if it takes other pictures.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { featureExtractor } from "./features.ts";
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
 * The layers whose features are compared, each with its weight.
 *
 * @param layers Their names, for the weight 1 each, or a weight for each by its name.
 * @throws {RangeError} If there is none.
 *
 * @example
 * ```ts
 * import { layerWeights } from "./features.ts";
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
  throw new RangeError("Cannot compare features of no layer: the name of one or more would work");
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
    }, preprocess can resize them or change their channels`,
  );
}
