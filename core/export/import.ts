/** Networks that were trained elsewhere, as Pairlab's. */
import { extname } from "@std/path";
import type { LayersModel } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import type { Generator } from "../interfaces/networks.ts";
import { readKeras } from "../model/keras_file.ts";
import { namedVariables } from "../model/networks.ts";
import { readPytorch } from "../model/pytorch_file.ts";
import { describeGenerator, type GeneratorDescription } from "../predict/predict.ts";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../runs/safetensors.ts";
import { assignWeights, sourcesOf } from "../runs/weights.ts";
import type { ForeignUnet, Match, NamedArray, NamedArrays, UnetSettings } from "./foreign_unet.ts";
import { fromKeras } from "./keras.ts";
import { fromNetG } from "./pytorch.ts";
import { fromNetD, isNetD } from "./pytorch_discriminator.ts";

/** How a generator is imported. */
export interface ImportOptions {
  /** Builds the U-Net: Pairlab's `unet`. */
  readonly build: (unet: UnetSettings) => Generator;
  /** Height and width of the pictures. @default the file's, or 256 if it says none */
  readonly size?: number | undefined;
}

/** What was imported. */
export interface Imported {
  readonly model: LayersModel;
  readonly description: GeneratorDescription;
  readonly unet: UnetSettings;
  readonly matches: readonly Match[];
}

/**
 * Reads the U-Net of pytorch-CycleGAN-and-pix2pix (`latest_net_G.pth`, or the same as safetensors) or
 * of TensorFlow's tutorial (`.keras`, `.h5`). Nothing in a file is executed.
 *
 * @throws {PairlabError} If the file is damaged or holds another network.
 */
export async function readUnet(path: string): Promise<ForeignUnet> {
  const extension = extname(path).toLowerCase();
  if ([".keras", ".h5", ".hdf5"].includes(extension)) return fromKeras(await readKeras(path));
  if (PYTORCH.includes(extension)) return fromNetG(await readPytorch(path));
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

/**
 * Reads a network of another program: what {@link readUnet} reads, or the discriminator of
 * pytorch-CycleGAN-and-pix2pix (`latest_net_D.pth`).
 *
 * @returns Its arrays by Pairlab's names.
 * @throws {PairlabError} If the file is damaged or holds another network.
 */
export async function readNetwork(
  path: string,
): Promise<Partial<Record<"generator" | "discriminator", Map<string, StoredTensor>>>> {
  if (PYTORCH.includes(extname(path).toLowerCase())) {
    const tensors = await readPytorch(path);
    if (isNetD(tensors)) return { discriminator: storedTensors(fromNetD(tensors)) };
    return { generator: storedTensors(fromNetG(tensors).weights) };
  }
  return { generator: storedTensors((await readUnet(path)).weights) };
}

/** The ends of PyTorch's files. */
const PYTORCH = [".pth", ".pt"];

/** Arrays of floats as a network's file holds them. */
export function storedTensors(weights: NamedArrays): Map<string, StoredTensor> {
  return new Map(
    [...weights].map(([name, { shape, values }]): [string, StoredTensor] => [
      name,
      { shape: [...shape], dtype: "float32", values },
    ]),
  );
}

/**
 * Imports a U-Net, see {@link readUnet}.
 *
 * @throws {PairlabError} If the file is damaged or holds another network.
 */
export async function importUnet(path: string, options: ImportOptions): Promise<Imported> {
  const { unet, inputChannels, targetChannels, weights, matches, resize, ...own } = await readUnet(
    path,
  );
  const smallest = 2 ** unet.filters.length;
  const side = options.size ?? Math.max(smallest, 256);
  const size = options.size === undefined && own.size !== null
    ? own.size
    : { height: side, width: side };
  if (size.height % smallest !== 0 || size.width % smallest !== 0) {
    throw new PairlabError(
      `Cannot use pictures of ${size.width}x${size.height} with "${path}": its network halves them ${unet.filters.length} times. Use a multiple of ${smallest}.`,
    );
  }
  const shape = {
    input: { ...size, channels: inputChannels },
    target: { ...size, channels: targetChannels },
  };
  const model = options.build(unet)(shape, 0);
  assignWeights(path, model, storedTensors(weights));
  // Their loaders do not keep aspect ratios.
  const description: GeneratorDescription = { shape, resize, fit: "resize", step: 0 };
  return { model, description, unet, matches };
}

/** Writes an imported generator as `generator.safetensors`, which `predict` and `export` take. */
export async function writeImported(
  path: string,
  { model, description }: Pick<Imported, "model" | "description">,
): Promise<void> {
  const sources = sourcesOf(namedVariables(model));
  await writeSafetensors(path, sources, describeGenerator(model, description));
}
