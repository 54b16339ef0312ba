/** A checked experiment in words, for the person who watches, and for run.json. */
import { describeMode } from "../model/inference_modes.ts";
import { choicesOf, describeTestChoices } from "./choices.ts";
import type { Plan } from "./plan.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { OpenedData } from "../interfaces/pictures.ts";
import type { InferenceMode } from "../interfaces/networks.ts";

/** What is trained, on what, and how callbacks predict: a line for each. */
export function describePlan(
  { findings, shape, wiring, name, module }: Plan,
  data: OpenedData,
): string {
  const parameters = (count: number): string =>
    count >= 1e6
      ? `${(count / 1e6).toFixed(1)} M parameters`
      : `${Math.round(count / 1e3)} k parameters`;
  const { generatorParameters, discriminatorParameters, receptiveField } = findings;
  const discriminator = discriminatorParameters === 0
    ? "no D"
    : `D ${parameters(discriminatorParameters)}, sees ${receptiveField}x${receptiveField} patches`;
  const modes = Map.groupBy(predictionsOf(wiring), ({ mode }) => mode);
  return [
    `Experiment: ${name}${name === module ? "" : ` (${module})`}`,
    `Data: ${data.description}`,
    ...describeValidation(wiring, data),
    `Networks: ${describeFrame(shape, wiring)}, G ${
      parameters(generatorParameters)
    }; ${discriminator}`,
    ...[...modes].map(([mode, callbacks]) =>
      `Mode: ${mode} (${describeMode(mode)}) for ${
        callbacks.map(({ callback }) => callback).join(", ")
      }`
    ),
    ...wiring.average === undefined
      ? []
      : [`Weights: their average predicts (decay ${wiring.average.decay})`],
  ].join("\n");
}

/** Which pictures are judged by during the training. */
function describeValidation(wiring: Wiring, { train, validation }: OpenedData): string[] {
  const byTest = describeTestChoices(choicesOf(wiring));
  return [
    ...validation === undefined ? [] : [
      `Validation: ${validation.names.length} ${
        validation.names.length === 1 ? "pair is" : "pairs are"
      } judged by during the training, ` +
      `${train.names.length} train`,
    ],
    ...byTest === null ? [] : [`Warning: this run will be ${byTest}`],
  ];
}

/** How a callback predicts. */
export interface Prediction {
  readonly callback: string;
  readonly mode: InferenceMode;
  readonly weights: "trained" | "averaged";
}

/** How each callback that predicts does it, and of which weights: the average where there is one. */
export function predictionsOf({ callbacks = [], average }: Wiring): Prediction[] {
  const weights = average === undefined ? "trained" : "averaged";
  return callbacks.flatMap(({ name, mode }) =>
    mode === undefined ? [] : [{ callback: name, mode, weights }]
  );
}

/** `256x256`; channels unless both are 3, and what becomes of another aspect ratio unless resized. */
function describeFrame(
  { input, target }: Plan["shape"],
  { fit = "resize", colours = "stored" }: Wiring,
): string {
  const size = `${target.width}x${target.height}`;
  const colour = input.channels === 3 && target.channels === 3;
  return [
    size,
    ...colour ? [] : [`${input.channels} to ${target.channels} channels`],
    ...colours === "stored" ? [] : ["colours predicted from lightness (L*a*b*)"],
    ...fit === "resize" ? [] : [`pictures fitted by "${fit}"`],
  ].join(", ");
}
