/** Generators that were trained elsewhere, as Pairlab's. */
import type { LayersModel } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import type { Generator } from "../interfaces/networks.ts";
import { namedVariables } from "../model/networks.ts";
import { describeGenerator, type GeneratorDescription } from "../predict/predict.ts";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../runs/safetensors.ts";
import { assignWeights, sourcesOf } from "../runs/weights.ts";
import { fromNetG, type NamedArray, type NamedArrays, type NetG } from "./pytorch.ts";

/** How a generator is imported. */
export interface ImportOptions {
  /** Builds the U-Net of so many filters: Pairlab's `unet`. */
  readonly build: (filters: readonly number[]) => Generator;
  /** Height and width of the pictures. @default 256, or more if the network halves them more often */
  readonly size?: number | undefined;
}

/** What was imported. */
export interface Imported {
  readonly model: LayersModel;
  readonly description: GeneratorDescription;
  /** Channels after each halving. */
  readonly filters: readonly number[];
}

/**
 * Reads the weights of a U-Net of pytorch-CycleGAN-and-pix2pix under Pairlab's names.
 *
 * @throws {PairlabError} If the file is damaged or holds another network.
 */
export async function readNetG(path: string): Promise<NetG> {
  const { tensors } = await readSafetensors(path);
  return fromNetG(
    new Map(
      [...tensors].map(([name, { shape, values }]): [string, NamedArray] => [
        name,
        { shape, values: Float32Array.from(values) },
      ]),
    ),
  );
}

/** Arrays of floats as a generator's file holds them. */
export function storedTensors(weights: NamedArrays): Map<string, StoredTensor> {
  return new Map(
    [...weights].map(([name, { shape, values }]): [string, StoredTensor] => [
      name,
      { shape: [...shape], dtype: "float32", values },
    ]),
  );
}

/**
 * Reads a U-Net of pytorch-CycleGAN-and-pix2pix (`latest_net_G` as safetensors).
 *
 * @throws {PairlabError} If the file is damaged or holds another network.
 */
export async function importNetG(path: string, options: ImportOptions): Promise<Imported> {
  const { filters, inputChannels, targetChannels, weights } = await readNetG(path);
  const smallest = 2 ** filters.length;
  const { size = Math.max(smallest, 256) } = options;
  if (size % smallest !== 0) {
    throw new PairlabError(
      `Cannot use pictures of ${size}x${size} with "${path}": its network halves them ${filters.length} times. Use a multiple of ${smallest}.`,
    );
  }
  const shape = {
    input: { height: size, width: size, channels: inputChannels },
    target: { height: size, width: size, channels: targetChannels },
  };
  const model = options.build(filters)(shape, 0);
  assignWeights(path, model, storedTensors(weights));
  // Their loader resizes by PIL's bicubic kernel, aspect ratios not kept.
  const description: GeneratorDescription = { shape, resize: "cubic", fit: "resize", step: 0 };
  return { model, description, filters };
}

/** Writes an imported generator as `generator.safetensors`, which `predict` and `export` take. */
export async function writeImported(
  path: string,
  { model, description }: Imported,
): Promise<void> {
  const sources = sourcesOf(namedVariables(model));
  await writeSafetensors(path, sources, describeGenerator(model, description));
}
