/** Whole networks from Keras' files: their layers as TensorFlow.js has them, with their weights. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { z } from "zod";
import { messageOf, PairlabError } from "../base/errors.ts";
import { type KerasTensor, readKeras } from "./keras_file.ts";

/** An output of a layer: the layer's name, which of its calls, which output. */
const Place = z.tuple([z.string(), z.number(), z.number()]);

const Layer = z.object({
  class_name: z.string(),
  name: z.string().optional(),
  config: z.looseObject({ name: z.string() }),
  inbound_nodes: z.array(z.unknown()).default([]),
});

const NETWORKS: readonly string[] = ["Sequential", "Functional", "Model"];

const Network = z.object({
  class_name: z.enum(NETWORKS),
  config: z.object({
    name: z.string(),
    layers: z.array(Layer).min(1, "there are none"),
    input_layers: z.union([Place, z.array(Place)]).optional(),
    output_layers: z.union([Place, z.array(Place)]).optional(),
  }),
});

/**
 * Loads a network that Keras has saved whole, as `.keras` or `.h5`, without executing anything in it.
 *
 * @throws {PairlabError} If the file holds weights alone, or layers that TensorFlow.js does not have.
 */
export async function loadKerasNetwork(path: string): Promise<LayersModel> {
  const { config, tensors } = await readKeras(path);
  try {
    if (config === null) throw new PairlabError("it holds weights alone");
    const modelTopology = topologyOf(config);
    const model = await tf.loadLayersModel({ load: () => Promise.resolve({ modelTopology }) });
    tf.tidy(() => {
      for (const layer of model.layers) {
        const weights = weightsOf(layer.name, layer.weights.map(({ shape }) => shape), tensors);
        layer.setWeights(weights.map(({ values, shape }) => tf.tensor(values, [...shape])));
      }
    });
    return model;
  } catch (error) {
    throw new PairlabError(
      `Cannot load the network "${path}": ${reasonOf(error)}. ` +
        "Use a whole network, of layers that TensorFlow.js has too.",
      { cause: error },
    );
  }
}

/** Without what TensorFlow.js advises who writes layers. */
function reasonOf(error: unknown): string {
  return messageOf(error).split(/ This may be due to/)[0]!.replace(/\.$/, "");
}

/** The weights of a layer, which the file has in its order. */
function weightsOf(
  layer: string,
  shapes: readonly (readonly (number | null)[])[],
  tensors: ReadonlyMap<string, KerasTensor>,
): KerasTensor[] {
  const found = [...tensors].filter(([name]) => name.split("/").at(-2) === layer);
  const expected = shapes.map((shape) => `[${shape}]`).join(", ");
  const actual = found.map(([, { shape }]) => `[${shape}]`).join(", ");
  if (expected === actual) return found.map(([, tensor]) => tensor);
  throw new PairlabError(`its layer "${layer}" has weights ${actual}, and not ${expected}`);
}

/** The configuration as version 2 of Keras wrote it, which is what TensorFlow.js reads. */
function topologyOf(config: unknown): tf.io.ModelJSON["modelTopology"] {
  const parsed = Network.safeParse(config);
  if (!parsed.success) {
    throw new PairlabError(`its layers are not known (${z.prettifyError(parsed.error)})`);
  }
  const inner = parsed.data.config.layers.find(({ class_name }) => NETWORKS.includes(class_name));
  if (inner !== undefined) {
    throw new PairlabError(`it has the network "${inner.config.name}" within it, not only layers`);
  }
  const { class_name, config: { layers, input_layers, output_layers, ...rest } } = parsed.data;
  return {
    class_name,
    config: {
      ...rest,
      layers: layers.map(({ class_name, config, inbound_nodes, name = config.name }) => ({
        ...{ class_name, name, config: layerConfig(config) },
        inbound_nodes: inbound_nodes.map(inboundNode),
      })),
      ...input_layers !== undefined && { input_layers: listOf(input_layers) },
      ...output_layers !== undefined && { output_layers: listOf(output_layers) },
    },
  };
}

/** One place, or several. */
function listOf(places: z.infer<typeof Place> | z.infer<typeof Place>[]): unknown[] {
  return typeof places[0] === "string" ? [places] : places;
}

function layerConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(config).filter(([name]) =>
    // What training alone needs.
    !/_(regularizer|constraint)$/.test(name)
  );
  return Object.fromEntries(kept.map(([name, value]) => {
    // The file's weights replace them: no random numbers are drawn, one by one.
    if (name.endsWith("_initializer")) return [name, { class_name: "Zeros", config: {} }];
    if (name === "batch_shape") return ["batch_input_shape", value];
    // Version 3 has a policy here.
    if (name === "dtype") return [name, "float32"];
    return [name, value];
  }));
}

/** `[[name, call, output, {}], …]`: where a call of a layer takes its inputs from. */
function inboundNode(node: unknown): unknown {
  if (Array.isArray(node)) return node;
  const places: unknown[] = [];
  collectHistories(z.object({ args: z.unknown() }).parse(node).args, places);
  return places;
}

const History = z.object({ config: z.object({ keras_history: Place }) });

/** Version 3 writes each argument as a tensor with its history, lists of them as lists. */
function collectHistories(value: unknown, places: unknown[]): void {
  if (Array.isArray(value)) { for (const inner of value) collectHistories(inner, places); }
  const tensor = History.safeParse(value);
  if (tensor.success) places.push([...tensor.data.config.keras_history, {}]);
}
