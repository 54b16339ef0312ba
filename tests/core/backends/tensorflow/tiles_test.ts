import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import type { TensorflowEngine } from "../../../../core/backends/tensorflow/backend.ts";
import {
  filterGradientWays,
  forwardWays,
  inputGradientWays,
  type Product,
} from "../../../../core/backends/tensorflow/convolution.ts";
import { cookToom } from "../../../../core/backends/tensorflow/convolution/cook_toom.ts";
import type { Backend } from "../../../../core/backends/tensorflow/convolution/operations.ts";
import { fits, type TilesWay } from "../../../../core/backends/tensorflow/lowering.ts";
import cases from "./fixtures/convolutions.json" with { type: "json" };
import { skip, start } from "./installed.ts";

type Shape = [number, number, number, number];

const WAYS: readonly TilesWay[] = ["tiles2", "tiles3", "tiles4"];

describe("the transforms of Toom-Cook convolutions", () => {
  for (const [m, r] of [[2, 2], [3, 2], [2, 3], [4, 2], [2, 4], [3, 3], [4, 3], [3, 4]] as const) {
    it(`correlate ${m} outputs with ${r} taps`, () => {
      const { A, B, G } = cookToom(m, r);
      const dot = (a: readonly number[], b: readonly number[]): number =>
        a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      const taps = Array.from({ length: r }, (_, i) => 3 * i - 1);
      const seen = Array.from({ length: m + r - 1 }, (_, i) => i * i - 2);
      const products = G.map((row, k) => dot(row, taps) * dot(B[k]!, seen));
      for (let i = 0; i < m; i++) {
        const expected = dot(taps, seen.slice(i, i + r));
        assertAlmostEquals(dot(products, A.map((row) => row[i]!)), expected, 1e-11);
      }
    });
  }
});

/** As the script of the fixture draws. */
function draw(shape: readonly number[], seed: number): Tensor4D {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, (_, k) => {
    const value = Math.sin(12.9898 * k + 78.233 * seed) * 43758.5453;
    return value - Math.floor(value) - 0.5;
  });
  return tf.tensor4d(values, shape as Shape);
}

describe("convolutions by tiles", { skip }, () => {
  let engine: TensorflowEngine;
  before(async () => {
    engine = await start();
  });
  after(() => engine.close());

  for (const { x, filter, stride, pad, ...expected } of cases) {
    const [top, bottom, left, right] = pad as Shape;
    const padding = [[0, 0], [top, bottom], [left, right], [0, 0]] as const;
    const conv = tf.backend_util.computeConv2DInfo(
      x as Shape,
      filter as Shape,
      stride,
      1,
      padding.map((pair) => [...pair]) as Parameters<typeof tf.backend_util.computeConv2DInfo>[4],
    );
    const ways = WAYS.filter((way) => fits[way](conv));

    it(`are NumPy's in float64: ${x}, filter ${filter}, stride ${stride}, padding ${pad}`, () => {
      assert(ways.length > 0);
      for (const way of ways) {
        const products: [keyof typeof expected, Product, Tensor4D, Tensor4D][] = [
          ["y", forwardWays[way], draw(x, 1), draw(filter, 2)],
          ["dx", inputGradientWays[way], draw(conv.outShape, 3), draw(filter, 2)],
          ["dfilter", filterGradientWays[way], draw(x, 1), draw(conv.outShape, 3)],
        ];
        for (const [name, product, first, second] of products) {
          const result = tf.tidy(() => product(tf.backend() as Backend, first, second, conv));
          const found = result.dataSync<"float32">(), values = expected[name];
          assertEquals(found.length, values.length);
          const size = Math.sqrt(
            values.reduce((sum, value) => sum + value ** 2, 0) / values.length,
          );
          values.forEach((value, i) => {
            const error = Math.abs(found[i]! - value) / size;
            assert(error < 1e-5, `${name} by ${way}: ${found[i]} at ${i}, expected ${value}`);
          });
          tf.dispose([first, second, result]);
        }
      }
    });
  }
});
