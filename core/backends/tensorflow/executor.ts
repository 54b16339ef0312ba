/** Executors run operations: at once, or by recording them in a graph. */
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import type { Values } from "./values.ts";

/** A tensor as an executor keeps it. */
export interface HeldTensor {
  readonly dtype: number;
  readonly shape: readonly number[];
  /** Its values; throws if it has none. */
  read(): Values;
  /** Lends `use` a handle of the values while it runs; throws if it has none. */
  lend<T>(use: (handle: Deno.PointerObject) => T): T;
  /** Frees it; do not use it afterwards. */
  release(): void;
}

/** An output of an operation. */
export interface ExecutedTensor {
  readonly tensor: HeldTensor;
  readonly shape: number[];
  readonly dtype: number;
}

/** Runs operations. */
export interface Executor {
  /** Makes a tensor of given values. */
  create(shape: readonly number[], dtype: number, values: Values): HeldTensor;
  /** The values of a tensor; throws if they cannot be read. */
  read(tensor: HeldTensor): Values;
  /** Runs one operation; throws if it cannot. */
  execute(
    name: string,
    attributes: readonly TFEOpAttr[],
    inputs: readonly HeldTensor[],
    outputs: number,
  ): ExecutedTensor[];
}
