/**
 * Compares an engine with tfjs' own CPU backend over the operations that networks, losses and
 * optimizers of this project use: values and gradients. The cases are data, in `op_cases/`.
 */
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { randomStream } from "../../../core/random/stream.ts";
import { convolutions, pooling, products } from "./op_cases/convolutions.ts";
import { activations, elementwise } from "./op_cases/elementwise.ts";
import type { OpCase, OpInput } from "./op_cases/op_case.ts";
import { losses, normalisation, reductions } from "./op_cases/reductions.ts";
import { shapes } from "./op_cases/shapes.ts";

export type { OpCase, OpInput };

/** What an operation gave. */
export interface OpResult {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: Float32Array;
  /** One for each float32 input; empty where the case asks for none. */
  readonly gradients: readonly Float32Array[];
}

/** Every operation that an engine must have, by kind. */
export const opKinds = {
  convolutions,
  pooling,
  products,
  normalisation,
  activations,
  elementwise,
  reductions,
  shapes,
  losses,
} satisfies Record<string, readonly OpCase[]>;

/** Every operation that an engine must have. */
export const opCases: readonly OpCase[] = Object.values(opKinds).flat();

function draw(input: OpInput, name: string, index: number): number[] {
  const { values = "normal", shape } = input;
  if (typeof values !== "string") return [...values];
  const size = shape.reduce((a, b) => a * b, 1);
  const random = randomStream(23, name, index);
  if (values === "normal") return Array.from({ length: size }, () => random.normal());
  if (values === "positive") return Array.from({ length: size }, () => 0.1 + 2 * random.uniform());
  return random.shuffle(Array.from({ length: size }, (_, i) => (i - size / 2 + 0.37) / 100));
}

function toTensor(input: OpInput, name: string, index: number): tf.Tensor {
  return tf.tensor(draw(input, name, index), [...input.shape], input.dtype ?? "float32");
}

/** A case's inputs, drawn anew; for the caller to dispose. */
export function drawInputs({ inputs, name }: OpCase): tf.Tensor[] {
  return inputs.map((input, i) => toTensor(input, name, i));
}

/** What a case gives, and, if it asks for them, the gradients by its inputs. */
export function computeOp(
  { f, gradient, name }: OpCase,
  inputs: readonly tf.Tensor[],
): tf.Tensor[] {
  const output = f(...inputs);
  if (!gradient) return [output];
  // A gradient is asked of the float32 inputs only; the others stay as they are.
  const floats = inputs.filter((input) => input.dtype === "float32");
  const weighted = (...x: tf.Tensor[]): tf.Tensor => {
    let next = 0;
    const y = f(...inputs.map((input) => input.dtype === "float32" ? x[next++]! : input));
    return tf.sum(tf.mul(y, toTensor({ shape: output.shape }, name, -1)));
  };
  return [output, ...tf.grads(weighted)(floats)];
}

/** Runs a case on the backend that is set, and reads what it gave. */
export async function runOp(opCase: OpCase): Promise<OpResult> {
  const results = tf.tidy(() => computeOp(opCase, drawInputs(opCase)));
  // Not every engine can be read at once.
  const [values, ...gradients] = await Promise.all(
    results.map(async (tensor) => Float32Array.from(await tensor.data())),
  );
  const { shape, dtype } = results[0]!;
  tf.dispose(results);
  return { shape, dtype, values: values!, gradients };
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Fails where two arrays differ by more than `tolerance` times the largest expected value (or 1). */
export function assertClose(
  actual: Float32Array,
  expected: Float32Array,
  tolerance: number,
  what: string,
): void {
  assertEquals(actual.length, expected.length, `${what}: number of values`);
  const allowed = tolerance * Math.max(1, largest(expected));
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    assert(
      difference <= allowed,
      `${what}: value ${i} is ${actual[i]}, expected ${expected[i]} within ${allowed}`,
    );
  }
}

/** How {@link describeOps} goes about an engine. */
export interface DescribeOpsOptions {
  /** Registers the backend and makes it ready; `describeOps` itself calls `tf.setBackend`. */
  start(): Promise<void>;
  /** Skips everything, with this reason. @default undefined */
  readonly skip?: string | undefined;
}

/**
 * A test for each case: the same numbers from the tfjs backend `name` as from `cpu`, and no tensor
 * left over.
 */
export function describeOps(name: string, options: DescribeOpsOptions): void {
  let started: Promise<void> | undefined;
  const setBackend = async (backend: string): Promise<void> => {
    assert(await tf.setBackend(backend), `the backend "${backend}" does not start`);
  };
  describe(`the operations on engine ${name}`, { skip: options.skip ?? false }, () => {
    for (const opCase of opCases) {
      it(`${opCase.name}: the same as on the CPU backend`, async () => {
        await setBackend("cpu");
        const expected = await runOp(opCase);
        await (started ??= options.start());
        await setBackend(name);
        const before = tf.memory().numTensors;
        const actual = await runOp(opCase);
        assertEquals(tf.memory().numTensors, before, "number of tensors afterwards");
        assertEquals(actual.shape, expected.shape, "shape");
        assertEquals(actual.dtype, expected.dtype, "dtype");
        const tolerance = opCase.tolerance ?? 1e-5;
        assertClose(actual.values, expected.values, tolerance, "value");
        assertEquals(actual.gradients.length, expected.gradients.length);
        expected.gradients.forEach((gradient, i) =>
          assertClose(actual.gradients[i]!, gradient, tolerance, `gradient by input ${i}`)
        );
      });
    }
  });
}
