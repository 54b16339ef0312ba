/** Inference modes of a generator. */
import type { InferenceMode, Mode } from "../interfaces/networks.ts";

/** The mode of the layers in each {@link InferenceMode}. */
export const LAYERS_IN_MODE: Readonly<Record<InferenceMode, Pick<Mode, "training" | "dropout">>> = {
  paper: { training: true, dropout: true },
  deterministic: { training: true, dropout: false },
  running: { training: false, dropout: false },
};

/** The inference modes, the paper's first. */
export const INFERENCE_MODES: readonly InferenceMode[] = ["paper", "deterministic", "running"];

/** A mode in words: `dropout, statistics of the picture`. */
export function describeMode(mode: InferenceMode): string {
  const { training, dropout } = LAYERS_IN_MODE[mode];
  return `${dropout ? "dropout" : "no dropout"}, ${
    training ? "statistics of the picture" : "moving statistics of the training"
  }`;
}
