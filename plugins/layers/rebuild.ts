import type { layers, LayersModel, serialization, SymbolicTensor } from "@tensorflow/tfjs";

/** Options of {@link rebuild}. */
export interface RebuildOptions {
  /** The copy's inputs, in the order and with the shapes of the network's. */
  readonly inputs: readonly SymbolicTensor[];
  /** Prefix of all layer names, e.g. `scale1_`. */
  readonly prefix: string;
}

type LayerClass = serialization.SerializableConstructor<layers.Layer>;

/**
 * Copies the layers of a network onto other inputs, with the same weights and prefixed names, so that
 * one network can contain several copies.
 *
 * @returns The copy's outputs, in the order of the network's. The network is unchanged and can be
 * disposed of.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { rebuild } from "./rebuild.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const dense = tf.layers.dense({ units: 2, inputShape: [3], name: "dense" });
 * const model = tf.sequential({ layers: [dense] });
 * const input = tf.input({ shape: [3] });
 * const outputs = rebuild(model, { inputs: [input], prefix: "copy_" });
 * const copy = tf.model({ inputs: input, outputs });
 * assertEquals(copy.weights.map((weight) => weight.originalName), [
 *   "copy_dense/kernel",
 *   "copy_dense/bias",
 * ]);
 * ```
 */
export function rebuild(
  model: LayersModel,
  { inputs, prefix }: RebuildOptions,
): SymbolicTensor[] {
  const made = new Map<string, SymbolicTensor[]>();
  const copies = new Map<layers.Layer, layers.Layer>();
  const copyOf = (layer: layers.Layer): layers.Layer => {
    const known = copies.get(layer);
    if (known !== undefined) return known;
    const LayerOfKind = layer.constructor as unknown as LayerClass;
    const config = { ...layer.getConfig(), name: prefix + layer.name };
    const copy = LayerOfKind.fromConfig(LayerOfKind, config);
    copies.set(layer, copy);
    return copy;
  };
  const follow = (tensor: SymbolicTensor): SymbolicTensor => {
    const index = model.inputs.findIndex(({ id }) => id === tensor.id);
    if (index >= 0) return inputs[index]!;
    // Outputs of the same call of a layer.
    const call = `${tensor.sourceLayer.id} ${tensor.nodeIndex}`;
    const outputs = made.get(call) ?? callCopy(tensor);
    made.set(call, outputs);
    return outputs[tensor.outputTensorIndex ?? 0]!;
  };
  const callCopy = ({ sourceLayer, inputs, callArgs }: SymbolicTensor): SymbolicTensor[] => {
    const given = inputs.map(follow);
    const copy = copyOf(sourceLayer);
    const result = copy.apply(given.length === 1 ? given[0]! : given, callArgs ?? undefined);
    return (Array.isArray(result) ? result : [result]) as SymbolicTensor[];
  };
  const outputs = model.outputs.map(follow);
  for (const [layer, copy] of copies) copy.setWeights(layer.getWeights());
  return outputs;
}
