import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  fillStatelessNormal,
  fillStatelessUniform,
  type StatelessSeed,
} from "../../../core/random/stateless.ts";
import fixture from "./fixtures/stateless.json" with { type: "json" };

type Fill = (values: Float32Array, seed: StatelessSeed) => void;

function drawn(fill: Fill, length: number, seed: readonly number[]): Float32Array {
  const values = new Float32Array(length);
  fill(values, [seed[0] ?? NaN, seed[1] ?? NaN]);
  return values;
}

describe("fillStatelessUniform", () => {
  it("gives TensorFlow's numbers to the last bit", () => {
    for (const { seed, length, uniform } of fixture.cases) {
      assertEquals([...drawn(fillStatelessUniform, length, seed)], uniform, `${seed} × ${length}`);
    }
  });

  it("gives TensorFlow's numbers at the end of a long tensor, which is no multiple of four", () => {
    const { seed, length, last } = fixture.long;
    assertEquals([...drawn(fillStatelessUniform, length, seed).subarray(-last.length)], last);
  });

  it("keeps to the part of a buffer that it is given", () => {
    const buffer = new Float32Array(12).fill(-1);
    fillStatelessUniform(buffer.subarray(2, 9), [23, 1]);
    assertEquals([...buffer.subarray(2, 9)], [...drawn(fillStatelessUniform, 7, [23, 1])]);
    assertEquals([...buffer.subarray(0, 2), ...buffer.subarray(9)], [-1, -1, -1, -1, -1]);
  });
});

describe("fillStatelessNormal", () => {
  it("gives TensorFlow's numbers up to a few units in the last place", () => {
    for (const { seed, length, normal } of fixture.cases) {
      drawn(fillStatelessNormal, length, seed).forEach((value, i) => {
        const expected = normal[i]!;
        assert(
          Math.abs(value - expected) <= 4e-7 * Math.max(1, Math.abs(expected)),
          `seed ${seed}, value ${i}: ${value}, TensorFlow ${expected}`,
        );
      });
    }
  });

  it("has mean 0, variance 1 and the kurtosis of a normal distribution", () => {
    const n = 400_000;
    const values = drawn(fillStatelessNormal, n, [5, 6]);
    const moment = (power: number): number =>
      values.reduce((sum, value) => sum + value ** power, 0) / n;
    // Five standard errors: 1, sqrt(2) and sqrt(96) over the square root of n.
    assert(Math.abs(moment(1)) < 5 / Math.sqrt(n));
    assert(Math.abs(moment(2) - 1) < 5 * Math.sqrt(2 / n));
    assert(Math.abs(moment(4) - 3) < 5 * Math.sqrt(96 / n));
  });
});
