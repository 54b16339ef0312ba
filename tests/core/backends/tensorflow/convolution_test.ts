import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { compile } from "../../../../core/backends/compile.ts";
import type { TensorflowEngine } from "../../../../core/backends/tensorflow/backend.ts";
import {
  filterGradientWays,
  forwardWays,
  inputGradientWays,
  type Product,
} from "../../../../core/backends/tensorflow/convolution.ts";
import type {
  Backend,
  Convolution,
} from "../../../../core/backends/tensorflow/convolution/operations.ts";
import { fits, type Way } from "../../../../core/backends/tensorflow/lowering.ts";
import { randomStream } from "../../../../core/random/stream.ts";
import { assertClose } from "../ops_suite.ts";
import { skip, start } from "./installed.ts";

type Shape = [number, number, number, number];
type Pad = Parameters<typeof tf.conv2d>[3];

/** A convolution of given sizes. */
interface Geometry {
  readonly x: Shape;
  readonly filter: Shape;
  readonly strides: number | [number, number];
  readonly pad: Pad;
}

const uneven: Pad = [[0, 0], [1, 2], [2, 0], [0, 0]];

const geometries: readonly Geometry[] = [
  // The networks' own: 4x4, stride 2, "same" is one row and column of zeros all around.
  { x: [1, 8, 8, 3], filter: [4, 4, 3, 5], strides: 2, pad: "same" },
  { x: [3, 4, 6, 8], filter: [4, 4, 8, 4], strides: 2, pad: "same" },
  { x: [2, 2, 2, 4], filter: [4, 4, 4, 4], strides: 2, pad: "same" },
  { x: [2, 1, 1, 4], filter: [4, 4, 4, 4], strides: 2, pad: "same" },
  { x: [2, 3, 2, 4], filter: [4, 3, 4, 4], strides: 1, pad: [[0, 0], [1, 0], [0, 1], [0, 0]] },
  { x: [1, 8, 8, 4], filter: [4, 4, 4, 6], strides: 1, pad: 1 },
  { x: [2, 7, 6, 4], filter: [4, 4, 4, 1], strides: 1, pad: "valid" },
  { x: [1, 6, 6, 4], filter: [4, 4, 4, 1], strides: 1, pad: "same" },
  { x: [2, 5, 6, 4], filter: [4, 3, 4, 1], strides: 2, pad: uneven },
  // Odd sizes, where rows are left over or are seen by fewer positions.
  { x: [1, 9, 7, 3], filter: [4, 4, 3, 5], strides: 2, pad: "same" },
  { x: [2, 9, 7, 3], filter: [4, 4, 3, 5], strides: 2, pad: "valid" },
  { x: [2, 7, 9, 3], filter: [4, 4, 3, 5], strides: 2, pad: 1 },
  { x: [2, 8, 9, 3], filter: [4, 4, 3, 5], strides: 2, pad: uneven },
  { x: [1, 7, 8, 3], filter: [4, 4, 3, 2], strides: [2, 1], pad: "same" },
  { x: [1, 11, 10, 2], filter: [4, 6, 2, 3], strides: [2, 3], pad: uneven },
  // Other kernels.
  { x: [2, 7, 6, 4], filter: [3, 3, 4, 6], strides: 1, pad: "same" },
  { x: [2, 7, 6, 4], filter: [3, 3, 4, 6], strides: 2, pad: "valid" },
  { x: [1, 6, 5, 4], filter: [2, 2, 4, 3], strides: 1, pad: "same" },
  { x: [3, 5, 5, 4], filter: [1, 1, 4, 6], strides: 1, pad: "valid" },
  { x: [2, 6, 6, 4], filter: [2, 2, 4, 6], strides: 2, pad: "valid" },
  { x: [1, 12, 9, 3], filter: [6, 6, 3, 4], strides: 2, pad: uneven },
];

/** Large enough for the rule to choose other ways than TensorFlow's own. */
const chosenOtherwise: readonly Geometry[] = [
  { x: [1, 8, 8, 64], filter: [4, 4, 64, 128], strides: 2, pad: "same" },
  { x: [1, 2, 2, 64], filter: [4, 4, 64, 64], strides: 2, pad: "same" },
  { x: [1, 16, 16, 64], filter: [4, 4, 64, 64], strides: 2, pad: "same" },
  // By tiles.
  { x: [2, 45, 47, 64], filter: [4, 4, 64, 64], strides: 2, pad: "same" },
  { x: [1, 33, 34, 64], filter: [4, 4, 64, 64], strides: 1, pad: 0 },
  { x: [2, 7, 6, 4], filter: [4, 4, 4, 1], strides: 1, pad: "valid" },
];

function describeGeometry({ x, filter, strides, pad }: Geometry): string {
  const padding = typeof pad === "object" ? `padding ${JSON.stringify(pad)}` : `padding ${pad}`;
  return `${x.join("x")}, filter ${filter.join("x")}, strides ${strides}, ${padding}`;
}

function convolutionOf({ x, filter, strides, pad }: Geometry): Convolution {
  return tf.backend_util.computeConv2DInfo(x, filter, strides, 1, pad);
}

function draw(shape: readonly number[], name: string): Tensor4D {
  const random = randomStream(23, name);
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor4d(Array.from({ length: size }, () => random.normal()), shape as Shape);
}

/** The numbers of the three products. */
interface Products {
  readonly y: Float32Array;
  readonly dx: Float32Array;
  readonly dfilter: Float32Array;
}

/** What tfjs' public functions give on the backend that is set. */
function differentiated({ x, filter, strides, pad }: Geometry): Products {
  return tf.tidy(() => {
    const { value, grads } = tf.valueAndGrads((x, filter) =>
      tf.conv2d(x as Tensor4D, filter as Tensor4D, strides, pad)
    )([draw(x, "x"), draw(filter, "filter")], drawDy({ x, filter, strides, pad }));
    const [dx, dfilter] = grads as [Tensor4D, Tensor4D];
    return { y: read(value), dx: read(dx), dfilter: read(dfilter) };
  });
}

function drawDy(geometry: Geometry): Tensor4D {
  return draw(convolutionOf(geometry).outShape, "dy");
}

function read(tensor: tf.Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync());
}

describe("convolutions on TensorFlow", { skip }, () => {
  let engine: TensorflowEngine;
  const expected = new Map<Geometry, Products>();

  before(async () => {
    await tf.setBackend("cpu");
    for (const geometry of geometries) expected.set(geometry, differentiated(geometry));
    engine = await start();
  });
  after(() => engine.close());

  /** Runs one way of one product, sees that nothing stays, and compares. */
  function check(
    product: Product,
    geometry: Geometry,
    operands: readonly [readonly number[], string][],
    values: Float32Array,
    shape: readonly number[],
  ): void {
    const conv = convolutionOf(geometry);
    const tensors = engine.binding.getNumOfTensors();
    const [first, second] = operands.map(([shape, name]) => draw(shape, name));
    const before = tf.memory().numTensors;
    const result = tf.tidy(() => product(tf.backend() as Backend, first!, second!, conv));
    assertEquals(tf.memory().numTensors, before + 1, "number of tensors afterwards");
    assertEquals(result.shape, [...shape]);
    assertClose(read(result), values, 1e-5, describeGeometry(geometry));
    tf.dispose([first!, second!, result]);
    assertEquals(engine.binding.getNumOfTensors(), tensors, "tensors of TensorFlow");
  }

  for (const geometry of geometries) {
    const conv = convolutionOf(geometry);
    const x: [readonly number[], string] = [geometry.x, "x"];
    const filter: [readonly number[], string] = [geometry.filter, "filter"];
    const dy: [readonly number[], string] = [conv.outShape, "dy"];

    describe(describeGeometry(geometry), () => {
      const ways = (all: Readonly<Record<string, Product>>): [string, Product][] =>
        Object.entries(all).filter(([way]) => fits[way as Way](conv));

      for (const [way, product] of ways(forwardWays)) {
        it(`gives y by way of ${way}`, () => {
          check(product, geometry, [x, filter], expected.get(geometry)!.y, conv.outShape);
        });
      }
      for (const [way, product] of ways(inputGradientWays)) {
        it(`gives dx by way of ${way}`, () => {
          check(product, geometry, [dy, filter], expected.get(geometry)!.dx, conv.inShape);
        });
      }
      for (const [way, product] of ways(filterGradientWays)) {
        it(`gives dfilter by way of ${way}`, () => {
          check(product, geometry, [x, dy], expected.get(geometry)!.dfilter, conv.filterShape);
        });
      }
      it("gives all three through tf.conv2d", () => {
        const tensors = engine.binding.getNumOfTensors();
        const actual = differentiated(geometry);
        assertEquals(engine.binding.getNumOfTensors(), tensors, "tensors of TensorFlow");
        const { y, dx, dfilter } = expected.get(geometry)!;
        assertClose(actual.y, y, 1e-5, "y");
        assertClose(actual.dx, dx, 1e-5, "dx");
        assertClose(actual.dfilter, dfilter, 1e-5, "dfilter");
      });
    });
  }

  for (const mode of ["on", "xla"] as const) {
    it(`computes the same when it is compiled (${mode}), whichever way is chosen`, async () => {
      for (const geometry of chosenOtherwise) {
        const strides = geometry.strides, pad = geometry.pad;
        const products = compile(
          (x: Tensor4D, filter: Tensor4D, dy: Tensor4D) => {
            const { value, grads } = tf.valueAndGrads((x, filter) =>
              tf.conv2d(x as Tensor4D, filter as Tensor4D, strides, pad)
            )([x, filter], dy);
            return { y: value, dx: grads[0]!, dfilter: grads[1]! };
          },
          { name: "products", mode },
        );
        const { x, filter } = geometry;
        const tensors = [draw(x, "x"), draw(filter, "filter"), drawDy(geometry)] as const;
        const actual = await products(...tensors);
        const eager = differentiated(geometry);
        for (const name of ["y", "dx", "dfilter"] as const) {
          const what = `${name} of ${describeGeometry(geometry)}`;
          assertClose(read(actual[name]), eager[name], 1e-5, what);
        }
        tf.dispose([...tensors, actual]);
      }
    });
  }
});
