/** G as a function of pictures, and the metadata of its file. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Scalar, Tensor4D } from "@tensorflow/tfjs";
import { compile, type CompileMode } from "../backends/compile.ts";
import { decodeOutput, encodeInputs } from "../model/colours.ts";
import type { Levels } from "../pictures/pixels.ts";
import { fitPicture } from "../data/frame.ts";
import { LAYERS_IN_MODE } from "../model/inference_modes.ts";
import { generate } from "../model/networks.ts";
import type { Colours, Fit, ResizeKernel } from "../interfaces/experiment.ts";
import type { InferenceMode, TaskShape } from "../interfaces/networks.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { type Depth, NORMALISATION, toPictures } from "../model/tensors.ts";

/** How a generator is applied to a picture. */
export interface GeneratorDescription {
  /** Shapes of the input and the prediction. */
  readonly shape: TaskShape;
  /** How pictures of another size are resized. */
  readonly resize: ResizeKernel;
  /** Aspect-ratio policy. */
  readonly fit: Fit;
  /** @default "stored" */
  readonly colours?: Colours;
  /** Input files' values of black and white. @default those of 8 or 16 unsigned bits */
  readonly levels?: Levels | undefined;
  /** Finished steps; keys the dropout of its predictions. */
  readonly step: number;
}

/** The metadata of a generator's file: all that is needed to use it without its experiment. */
export function describeGenerator(
  model: LayersModel,
  description: GeneratorDescription,
): Record<string, string> {
  const { shape, resize, fit, colours = "stored", levels, step } = description;
  return {
    format: "pairlab",
    kind: "generator",
    shape: JSON.stringify(shape),
    resize,
    fit,
    colours,
    ...levels && { levels: JSON.stringify(levels) },
    normalisation: NORMALISATION,
    step: String(step),
    topology: model.toJSON(null, true) as string,
  };
}

/** How a picture is predicted. */
export interface PredictionOptions extends GeneratorDescription {
  /** @default "paper" */
  readonly mode?: InferenceMode | undefined;
  /** Bits of each channel of the result. @default 8 */
  readonly depth?: Depth | undefined;
}

/** G as a function of pictures. */
export type Predict = (picture: Picture, options: PredictionOptions) => Promise<Picture>;

/**
 * Creates a function that applies G to pictures. It changes nothing in the model, and the same step
 * and mode give the same picture.
 */
export function createPredict(
  model: LayersModel,
  compileMode?: CompileMode,
): Predict {
  const predict = compile(
    (input: Tensor4D, step: Scalar, mode: InferenceMode) =>
      generate(model, input, { ...LAYERS_IN_MODE[mode], updateStatistics: false, step }),
    { name: "a prediction", mode: compileMode },
  );
  return async (picture, { shape, step, mode = "paper", depth, colours, ...frame }) => {
    const input = encodeInputs([await fitPicture(picture, shape.input, frame)], colours);
    const stepTensor = tf.scalar(step, "int32");
    const output = await predict(input, stepTensor, mode);
    const meant = decodeOutput(output, input, colours);
    const [predicted] = await toPictures(meant, depth);
    tf.dispose([input, stepTensor, output, meant]);
    return predicted!;
  };
}
