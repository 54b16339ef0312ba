/** G at work on pictures: from a training, or from a checkpoint's file alone. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { z } from "zod";
import { assignWeights } from "./checkpoint_contents.ts";
import { messageOf, PairlabError } from "./errors.ts";
import { fitPicture } from "./loader.ts";
import { generate } from "./networks.ts";
import type { Fit, Picture, ResizeKernel, TaskShape } from "./plugin.ts";
import { type FileIdentity, readSafetensors } from "./safetensors.ts";
import { NORMALISATION, toPictures, toTensor } from "./tensors.ts";

const Image = z.object({ height: z.int(), width: z.int(), channels: z.int() });

const Description = z.object({
  format: z.literal("pairlab"),
  kind: z.literal("generator"),
  shape: z.object({ input: Image, target: Image }),
  resize: z.enum(["cubic", "bilinear", "nearest"]),
  fit: z.enum(["resize", "cover", "crop", "pad"]).default("resize"),
  normalisation: z.literal(NORMALISATION),
  step: z.int().nonnegative(),
  topology: z.unknown(),
});

/** What a generator needs to be known to work on a picture. */
export interface GeneratorDescription {
  readonly shape: TaskShape;
  /** How pictures of another size are brought to the network's. */
  readonly resize: ResizeKernel;
  /** What becomes of another aspect ratio. */
  readonly fit: Fit;
  /** Finished steps; keys the dropout of its predictions. */
  readonly step: number;
}

/** A network that turns pictures into pictures. */
export interface Predictor extends GeneratorDescription {
  /** G(picture), at the network's size. */
  predict(picture: Picture): Promise<Picture>;
}

/** The metadata of a generator's file: all that is needed to use it without its experiment. */
export function describeGenerator(
  model: LayersModel,
  description: GeneratorDescription,
): Record<string, string> {
  const { shape, resize, fit, step } = description;
  return {
    format: "pairlab",
    kind: "generator",
    shape: JSON.stringify(shape),
    resize,
    fit,
    normalisation: NORMALISATION,
    step: String(step),
    topology: model.toJSON(null, true) as string,
  };
}

/**
 * G(picture) as the paper predicts: with dropout, its only noise, and the statistics of the batch
 * (section 3.3). Nothing of the model changes, and the same step gives the same picture.
 */
export async function predictPicture(
  model: LayersModel,
  picture: Picture,
  { shape, step, ...frame }: GeneratorDescription,
): Promise<Picture> {
  const fitted = await fitPicture(picture, shape.input, frame);
  const output = tf.tidy(() =>
    generate(model, toTensor([fitted]), {
      training: true,
      dropout: true,
      updateStatistics: false,
      step: tf.scalar(step, "int32"),
    })
  );
  const [predicted] = await toPictures(output);
  output.dispose();
  return predicted!;
}

/**
 * Loads the generator of a checkpoint. The layers that its architecture names must have been
 * imported; those of Pairlab are by `mod.ts`.
 *
 * @throws {PairlabError} If the file is damaged, foreign, or names an unknown layer.
 */
export async function loadPredictor(path: string, identity?: FileIdentity): Promise<Predictor> {
  const { tensors, metadata } = await readSafetensors(path, identity);
  const description = parseDescription(path, metadata);
  const model = await restoreModel(path, description.topology);
  assignWeights(path, model, tensors);
  return { ...description, predict: (picture) => predictPicture(model, picture, description) };
}

function parseDescription(
  path: string,
  { shape, step, topology, ...texts }: Record<string, string>,
): z.infer<typeof Description> {
  try {
    const [shapes, steps, layers] = [shape, step, topology].map((text) => JSON.parse(text ?? ""));
    return Description.parse({ ...texts, shape: shapes, step: steps, topology: layers });
  } catch (error) {
    const found = error instanceof z.ZodError
      ? z.prettifyError(error)
      : "it does not say what it is";
    throw new PairlabError(
      `Cannot use "${path}": ${found}; a generator.safetensors that Pairlab wrote would work`,
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
      }; if it has a layer of your own, --experiment=FILE names the file that defines it`,
      { cause: error },
    );
  }
}
