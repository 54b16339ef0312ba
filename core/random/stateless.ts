/**
 * TensorFlow's `StatelessRandomUniform` and `StatelessRandomNormal` in JavaScript, so that every engine
 * draws the same masks and initial weights.
 *
 * Sources: `GenerateKey` in tensorflow/core/kernels/stateless_random_ops.cc, `Uint32ToFloat` in
 * tsl/lib/random/random_distributions_utils.h, `BoxMullerFloat` in the same place.
 *
 * @module
 */
import { philox, type PhiloxCounter, philoxFill, type PhiloxKey } from "./philox.ts";

/** Two int32 numbers, e.g. a layer's seed and the step. */
export type StatelessSeed = readonly [number, number];

/** The upper 32 bits of an int32 widened to 64 bits. */
function signExtension(seed: number): number {
  return seed < 0 ? 0xffffffff : 0;
}

/** Scrambles the seed. */
function generateKey([seed0, seed1]: StatelessSeed): { counter: PhiloxCounter; key: PhiloxKey } {
  const seeds: PhiloxCounter = [seed0, signExtension(seed0), seed1, signExtension(seed1)];
  const [key0, key1, counter2, counter3] = philox(seeds, [0x3ec8f720, 0x02461e29]);
  return { counter: [0, 0, counter2, counter3], key: [key0, key1] };
}

/** Fills `values` with random words and converts them in place; the last 1 to 3 apart. */
function fillConverted(
  values: Float32Array,
  seed: StatelessSeed,
  convert: (words: Uint32Array, values: Float32Array) => void,
): void {
  const { counter, key } = generateKey(seed);
  const whole = values.length - values.length % 4;
  const words = new Uint32Array(values.buffer, values.byteOffset, whole);
  philoxFill(words, counter, key);
  convert(words, values.subarray(0, whole));
  if (whole === values.length) return;
  const [, , counter2, counter3] = counter;
  const groups = whole / 4;
  const last = new Uint32Array(4), lastValues = new Float32Array(4);
  philoxFill(last, [groups >>> 0, Math.floor(groups / 2 ** 32), counter2, counter3], key);
  convert(last, lastValues);
  values.set(lastValues.subarray(0, values.length - whole), whole);
}

const MANTISSA = 0x7fffff, MANTISSA_UNIT = 2 ** -23;

function toUniform(words: Uint32Array, values: Float32Array): void {
  for (let i = 0; i < words.length; i++) values[i] = (words[i]! & MANTISSA) * MANTISSA_UNIT;
}

// As in the C++ source: 1e-7f is a float, 2.0f * M_PI a double, the angle a float.
const SMALLEST_UNIFORM = Math.fround(1e-7), TURN = 2 * Math.PI;

function toNormal(words: Uint32Array, values: Float32Array): void {
  for (let i = 0; i < words.length; i += 2) {
    const uniform = Math.max((words[i]! & MANTISSA) * MANTISSA_UNIT, SMALLEST_UNIFORM);
    const angle = Math.fround(TURN * ((words[i + 1]! & MANTISSA) * MANTISSA_UNIT));
    const radius = Math.sqrt(-2 * Math.log(uniform));
    values[i] = Math.sin(angle) * radius;
    values[i + 1] = Math.cos(angle) * radius;
  }
}

/**
 * Fills `values` with uniform numbers in [0, 1), the same bits as TensorFlow's
 * `StatelessRandomUniform` with an int32 seed.
 *
 * @example
 * ```ts
 * import { fillStatelessUniform } from "./stateless.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const short = new Float32Array(3), long = new Float32Array(10);
 * fillStatelessUniform(short, [23, 1]);
 * fillStatelessUniform(long, [23, 1]);
 * assertEquals([...short], [...long.subarray(0, 3)]);
 * ```
 */
export function fillStatelessUniform(values: Float32Array, seed: StatelessSeed): void {
  fillConverted(values, seed, toUniform);
}

/**
 * Fills `values` with standard normal numbers, as TensorFlow's `StatelessRandomNormal` with an int32
 * seed, up to the rounding of logarithm, sine and cosine.
 *
 * @example
 * ```ts
 * import { fillStatelessNormal } from "./stateless.ts";
 * import { assert } from "@std/assert";
 *
 * const values = new Float32Array(1000);
 * fillStatelessNormal(values, [23, 1]);
 * assert(Math.abs(values.reduce((sum, value) => sum + value) / 1000) < 0.2);
 * ```
 */
export function fillStatelessNormal(values: Float32Array, seed: StatelessSeed): void {
  fillConverted(values, seed, toNormal);
}
