/** The numbers that `fixtures/common.py` makes by formula, and its way to tell tensors apart. */
import { Tensor } from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { checkValues } from "./reading.ts";

/** FNV-1a, 32 bits. */
function fnv1a(name: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) {
    value = Math.imul(value ^ byte, 0x01000193);
  }
  return value >>> 0;
}

/** Uniform-looking numbers in low…high that depend on name and position alone. */
export function numbers(name: string, count: number, low: number, high: number): Float32Array {
  const salt = fnv1a(name);
  return Float32Array.from({ length: count }, (_, index) => {
    let value = (Math.imul(index, 0x9e3779b1) + salt) >>> 0;
    for (let round = 0; round < 2; round++) {
      value = Math.imul(value ^ (value >>> 16), 0x45d9f3b) >>> 0;
    }
    value = (value ^ (value >>> 16)) >>> 0;
    return low + (high - low) * (value / 2 ** 32);
  });
}

/** Where the trainings begin. */
export function initial(name: string, count: number): Float32Array {
  return /\/(gamma|moving_variance)$/.test(name)
    ? numbers(name, count, 0.8, 1.2)
    : numbers(name, count, -0.2, 0.2);
}

/** What the fixtures keep of a tensor, or of its change. */
export interface Digest {
  readonly shape: readonly number[];
  readonly norm: number;
  readonly projection: number;
  readonly samples: Readonly<Record<string, number>>;
}

/** Whether numbers have the digest, up to a share of their norm; a tensor's, once they are read. */
export function assertDigest(
  name: string,
  values: ArrayLike<number> | Tensor,
  expected: Digest,
  tolerance: number,
): void {
  if (values instanceof Tensor) {
    return checkValues(values, (values) => assertDigest(name, values, expected, tolerance));
  }
  assertEquals(values.length, expected.shape.reduce((a, b) => a * b, 1), name);
  const probe = numbers(`probe ${name}`, values.length, -1, 1);
  let squares = 0, projection = 0;
  for (let i = 0; i < values.length; i++) {
    squares += values[i]! ** 2;
    projection += values[i]! * probe[i]!;
  }
  const allowed = tolerance * expected.norm + 1e-12;
  assertWithin(`${name}: norm`, Math.sqrt(squares), expected.norm, allowed);
  assertWithin(`${name}: projection`, projection, expected.projection, allowed);
  // A single number has a larger share of the rounding than all together.
  const allowedEach = 10 * allowed / Math.sqrt(values.length);
  for (const [index, value] of Object.entries(expected.samples)) {
    assertWithin(`${name}[${index}]`, values[Number(index)]!, value, allowedEach);
  }
}

export function assertWithin(
  what: string,
  actual: number,
  expected: number,
  allowed: number,
): void {
  const difference = Math.abs(actual - expected);
  assert(difference <= allowed, `${what}: ${actual}, not ${expected} (${difference} > ${allowed})`);
}

/** Whether all numbers agree, up to a share of the largest; a tensor's, once they are read. */
export function assertNumbers(
  what: string,
  actual: ArrayLike<number> | Tensor,
  expected: readonly number[],
  tolerance: number = 1e-5,
): void {
  if (actual instanceof Tensor) {
    return checkValues(actual, (actual) => assertNumbers(what, actual, expected, tolerance));
  }
  assertEquals(actual.length, expected.length, what);
  const allowed = tolerance * Math.max(...expected.map(Math.abs));
  expected.forEach((value, index) =>
    assertWithin(`${what}[${index}]`, actual[index]!, value, allowed)
  );
}
