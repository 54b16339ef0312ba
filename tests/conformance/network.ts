/** Shapes, pictures, modes and values for the suites of networks. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor } from "@tensorflow/tfjs";
import { assert } from "@std/assert";
import type { Mode, TaskShape } from "../../core/plugin.ts";
import { numbers } from "../fidelity/numbers.ts";

/** What builds the network: a generator or a discriminator. */
export type Build = (shape: TaskShape, seed: number) => LayersModel;

/** What a suite needs to know about a network. */
export interface NetworkNeeds {
  /**
   * Shapes that it takes. It is built for all of them and run on the first, so keep that one small.
   * @default 64x64, 128x64 and 256x256, three channels
   */
  readonly shapes?: readonly TaskShape[];
  /** Shapes that it rejects with an error that says what to do. @default none */
  readonly refused?: readonly TaskShape[];
}

/** A task whose input and target have the same size. */
export function taskOf(width: number, height: number = width, channels: number = 3): TaskShape {
  const picture = { width, height, channels };
  return { input: picture, target: { ...picture, channels: 3 } };
}

export const SHAPES: readonly TaskShape[] = [taskOf(64), taskOf(128, 64), taskOf(256)];

/** A mode, by default of a training step that does not update statistics. */
export function modeOf(changes: Partial<Omit<Mode, "step">> = {}, step: number = 1): Mode {
  return {
    training: true,
    dropout: true,
    updateStatistics: false,
    ...changes,
    step: tf.scalar(step, "int32"),
  };
}

/** Random pictures in -1…1 for all inputs of a network. */
export function drawInputs(model: LayersModel, batch: number = 1): Tensor[] {
  return model.inputs.map(({ shape }, index) => {
    const whole = [batch, ...shape.slice(1) as number[]];
    const size = tf.util.sizeFromShape(whole);
    return tf.tensor(numbers(`input ${index}`, size, -1, 1), whole);
  });
}

export function applyTo(model: LayersModel, inputs: readonly Tensor[], mode: Mode): Tensor[] {
  const given = inputs.length === 1 ? inputs[0]! : [...inputs];
  const outputs = model.apply(given, { ...mode });
  return (Array.isArray(outputs) ? outputs : [outputs]) as Tensor[];
}

/** A scalar to which every output value contributes with its own weight. */
export function mixed(outputs: readonly Tensor[]): tf.Scalar {
  return tf.addN(outputs.map((output, index) => {
    const weights = tf.tensor(numbers(`weights ${index}`, output.size, -1, 1), output.shape);
    return tf.sum<tf.Scalar>(tf.mul(output, weights));
  }));
}

export function valuesOf(tensors: Iterable<Tensor>): number[][] {
  return [...tensors].map((tensor) => [...tensor.dataSync()]);
}

export function assertFinite(what: string, tensor: Tensor): void {
  assert(tensor.dataSync().every(Number.isFinite), `${what} is not finite`);
}

export function isZero(tensor: Tensor): boolean {
  return tensor.dataSync().every((value) => value === 0);
}

/** Builds a network, uses it and disposes of it. */
export function using(build: Build, shape: TaskShape, use: (model: LayersModel) => void): void {
  const model = build(shape, 23);
  try {
    use(model);
  } finally {
    model.dispose();
  }
}
