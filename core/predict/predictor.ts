/** A trained generator from its file, ready to predict. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { z } from "zod";
import type { CompileMode } from "../backends/compile.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { COLOURS, networkShape } from "../model/colours.ts";
import { checkNetworks } from "../model/networks.ts";
import { NORMALISATION } from "../model/tensors.ts";
import {
  type FileIdentity,
  readSafetensors,
  type SafetensorsFile,
  type StoredTensor,
} from "../runs/safetensors.ts";
import { assignWeights } from "../runs/weights.ts";
import { createPredict, type GeneratorDescription } from "./predict.ts";
import { predictInTiles, type TiledOptions, type TiledPrediction } from "./tiles/predict_tiled.ts";

/** No network is built for pictures of more. */
const MOST_PIXELS = 2 ** 15;

const Image = z.object({
  height: z.int().min(1).max(MOST_PIXELS),
  width: z.int().min(1).max(MOST_PIXELS),
  channels: z.int().min(1).max(64),
});

const Description = z.object({
  format: z.literal("pairlab"),
  kind: z.literal("generator"),
  shape: z.object({ input: Image, target: Image }),
  resize: z.enum(["cubic", "bilinear", "nearest"]),
  fit: z.enum(["resize", "cover", "crop", "pad"]).default("resize"),
  colours: z.enum(COLOURS).default("stored"),
  levels: z.tuple([z.number(), z.number()]).readonly().optional(),
  normalisation: z.literal(NORMALISATION),
  step: z.int().nonnegative(),
  topology: z.unknown(),
});

/** A network that turns pictures into pictures. */
export interface Predictor extends GeneratorDescription {
  /**
   * G(picture), at the network's size.
   *
   * @param mode Default `paper`.
   * @param depth Bits of each channel of the result, default 8.
   */
  predict(picture: Picture, mode?: InferenceMode, depth?: 8 | 16): Promise<Picture>;
  /**
   * G of a picture of any size, at its own size: of overlapping tiles of the network's size, blended
   * so that no seam shows. A picture of the network's size is predicted as by `predict`.
   *
   * Besides the two pictures it needs the memory of one row of tiles.
   *
   * @throws {PairlabError} For an overlap that the tiles cannot have, for other channels than the
   * network's, and for a network whose output differs in size from its input.
   */
  predictTiled(picture: Picture, options?: TiledOptions): Promise<TiledPrediction>;
}

/** How {@link loadPredictor} goes about it. */
export interface LoadOptions {
  /** What the file must be. @default any generator's file */
  readonly identity?: FileIdentity | undefined;
  /** Whether predictions are compiled. @default "on": where the engine can */
  readonly compile?: CompileMode | undefined;
  /** The file's contents, if they have been read. @default it is read */
  readonly file?: SafetensorsFile | undefined;
}

/**
 * Loads the generator of a checkpoint. The layers that its architecture names must have been
 * imported; those of Pairlab are by `mod.ts`.
 *
 * @throws {PairlabError} If the file is damaged, foreign, or names an unknown layer.
 *
 * @example
 * ```ts
 * import { loadPredictor } from "./predictor.ts";
 * import { beginRun } from "../train/start.ts";
 * import { train } from "../train/train.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const folder = `${root}/run`;
 * const parameters = { size: "32", width: "1", count: "2", epochs: "1" };
 * const options = { parameters, folder, backend: "cpu", check: false } as const;
 * await train(await beginRun("quickstart", options), new AbortController().signal);
 *
 * const predictor = await loadPredictor(`${folder}/checkpoints/epoch-0001/generator.safetensors`);
 * const black = { data: new Uint8Array(40 * 30 * 3), width: 40, height: 30, channels: 3 };
 * const { width, height } = await predictor.predict(black);
 * assertEquals([width, height], [32, 32]);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function loadPredictor(
  path: string,
  { identity, compile: compileMode, file }: LoadOptions = {},
): Promise<Predictor> {
  const { model, description } = await loadGenerator(path, identity, file);
  const predict = createPredict(model, compileMode);
  return {
    ...description,
    predict: (picture, mode, depth) => predict(picture, { ...description, mode, depth }),
    predictTiled: (picture, options) => predictInTiles(predict, picture, description, options),
  };
}

/** A generator's network, and what its file says of it. */
export interface LoadedGenerator {
  readonly model: LayersModel;
  readonly description: GeneratorDescription;
}

/**
 * Loads the network of a generator's file, as {@link loadPredictor} does.
 *
 * @throws {PairlabError} If the file is damaged, foreign, or names an unknown layer.
 */
export async function loadGenerator(
  path: string,
  identity?: FileIdentity,
  file?: SafetensorsFile,
): Promise<LoadedGenerator> {
  const { tensors, metadata } = file ?? await readSafetensors(path, identity);
  const { topology, ...description } = parseDescription(path, metadata);
  const model = await restoreModel(path, topology);
  checkShape(path, model, description);
  checkFinite(path, tensors);
  assignWeights(path, model, tensors);
  return { model, description };
}

function checkShape(
  path: string,
  model: LayersModel,
  { shape, colours }: GeneratorDescription,
): void {
  try {
    checkNetworks({ generator: model }, networkShape(shape, colours));
  } catch (error) {
    throw new PairlabError(
      `Cannot use "${path}": its shape is not that of its network (${
        messageOf(error)
      }). Restore the original file`,
    );
  }
}

function checkFinite(path: string, tensors: ReadonlyMap<string, StoredTensor>): void {
  for (const [name, { values }] of tensors) {
    if (values.every(Number.isFinite)) continue;
    throw new PairlabError(
      `Cannot use "${path}": values of its weight "${name}" are NaN or infinite. Use an earlier checkpoint`,
    );
  }
}

function parseDescription(
  path: string,
  { shape, step, topology, levels, ...texts }: Record<string, string>,
): z.infer<typeof Description> {
  try {
    const [shapes, steps, layers] = [shape, step, topology].map((text) => JSON.parse(text ?? ""));
    const read = levels === undefined ? undefined : JSON.parse(levels);
    const parsed = { shape: shapes, step: steps, topology: layers, levels: read };
    return Description.parse({ ...texts, ...parsed });
  } catch (error) {
    const found = error instanceof z.ZodError
      ? z.prettifyError(error)
      : "it does not say what it is";
    throw new PairlabError(
      `Cannot use "${path}": ${found}. Use a generator.safetensors that Pairlab wrote`,
    );
  }
}

async function restoreModel(path: string, topology: unknown): Promise<LayersModel> {
  try {
    return await tf.models.modelFromJSON(topology as Parameters<typeof tf.models.modelFromJSON>[0]);
  } catch (error) {
    throw new PairlabError(
      `Cannot build the network of "${path}": ${
        messageOf(error)
      }. If it has a layer of your own, pass the file that defines it with --experiment=FILE`,
      { cause: error },
    );
  }
}
