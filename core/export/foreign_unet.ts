/** What is read of U-Nets that were trained elsewhere. */
import type { GeneratorDescription } from "../predict/predict.ts";

/** Arrays by name. */
export type NamedArrays = ReadonlyMap<string, NamedArray>;

/** An array of floats. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What makes a U-Net from elsewhere: options of `unet()`, and the epsilon of its batch norms. */
export interface UnetSettings {
  /** Channels after each halving. */
  readonly filters: readonly number[];
  /** Of the encoder's leaky ReLU. */
  readonly slope: number;
  readonly epsilon: number;
  readonly innermostNorm: boolean;
  readonly reluOnSkips: boolean;
}

/** A weight of theirs and ours. */
export interface Match {
  readonly theirs: string;
  readonly ours: string;
  /** Ours. */
  readonly shape: readonly number[];
}

/** A U-Net that was trained elsewhere. */
export interface ForeignUnet {
  readonly unet: UnetSettings;
  readonly inputChannels: number;
  readonly targetChannels: number;
  /** Weights by Pairlab's names. */
  readonly weights: NamedArrays;
  readonly matches: readonly Match[];
  /** Of its pictures, where the file says it. */
  readonly size: { readonly height: number; readonly width: number } | null;
  /** How their loader resizes. */
  readonly resize: GeneratorDescription["resize"];
}
