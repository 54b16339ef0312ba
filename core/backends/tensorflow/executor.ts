/** What it takes to carry out operations, whichever way: at once, or recorded into a graph. */
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import type { Values } from "./values.ts";

/** A tensor as an executor keeps it. */
export interface HeldTensor {
  readonly dtype: number;
  readonly shape: readonly number[];
  /** Its values; throws where there are none. */
  read(): Values;
  /** Gives `use` a handle of the values, for no longer than it runs; throws where there are none. */
  lend<T>(use: (handle: Deno.PointerObject) => T): T;
  /** Frees it; it must not be used afterwards. */
  release(): void;
}

/** An output of an operation. */
export interface ExecutedTensor {
  readonly tensor: HeldTensor;
  readonly shape: number[];
  readonly dtype: number;
}

/** Carries out operations. */
export interface Executor {
  /** Makes a tensor of given values. */
  create(shape: readonly number[], dtype: number, values: Values): HeldTensor;
  /** The values of a tensor, or says why they cannot be read. */
  read(tensor: HeldTensor): Values;
  /** Carries out one operation, or says why it cannot be. */
  execute(
    name: string,
    attributes: readonly TFEOpAttr[],
    inputs: readonly HeldTensor[],
    outputs: number,
  ): ExecutedTensor[];
}
