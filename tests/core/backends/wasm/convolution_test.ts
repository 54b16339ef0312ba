import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { startWasm } from "../../../../core/backends/wasm/backend.ts";
import { convolve, convolveFew } from "../../../../core/backends/wasm/convolution.ts";
import { randomStream } from "../../../../core/random/stream.ts";

type Padding = "same" | "valid" | number | [[0, 0], [number, number], [number, number], [0, 0]];

interface Case {
  readonly input: [number, number, number, number];
  readonly filter: [number, number, number, number];
  readonly stride: number | [number, number];
  readonly pad: Padding;
}

const SMALL: readonly Case[] = [1, 2, 3].flatMap((batch) =>
  ([1, 2] as const).flatMap((stride) =>
    (["same", "valid", 1, [[0, 0], [2, 1], [0, 2], [0, 0]]] as const).map((pad): Case => ({
      input: [batch, 7, 9, 3],
      filter: [4, 4, 3, 5],
      stride,
      pad: pad as Padding,
    }))
  )
);

const CASES: readonly Case[] = [
  ...SMALL,
  { input: [2, 8, 5, 2], filter: [3, 5, 2, 4], stride: [2, 1], pad: "same" },
  { input: [1, 9, 9, 2], filter: [2, 2, 2, 3], stride: 3, pad: "same" },
  { input: [1, 8, 8, 2], filter: [1, 1, 2, 3], stride: 2, pad: "same" },
  { input: [1, 1, 1, 6], filter: [4, 4, 6, 7], stride: 2, pad: "same" },
  { input: [2, 5, 4, 3], filter: [1, 1, 3, 1], stride: 1, pad: "valid" },
  // More patches than fit in one block.
  { input: [1, 48, 48, 64], filter: [4, 4, 64, 3], stride: 1, pad: "same" },
];

function drawn(shape: readonly number[], name: string): tf.Tensor {
  const { normal } = randomStream(23, name, ...shape);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, normal),
    [...shape],
  );
}

interface Results {
  readonly y: Float32Array;
  readonly dx: Float32Array;
  readonly dfilter: Float32Array;
}

async function compute(backend: string, { input, filter, stride, pad }: Case): Promise<Results> {
  assert(await tf.setBackend(backend));
  return tf.tidy(() => {
    const x = drawn(input, "x") as tf.Tensor4D, f = drawn(filter, "filter") as tf.Tensor4D;
    const apply = (x: tf.Tensor, f: tf.Tensor): tf.Tensor =>
      tf.conv2d(
        x as tf.Tensor4D,
        f as tf.Tensor4D,
        stride,
        // tfjs takes explicit paddings too, and its types do not say so.
        pad as "same",
      );
    const y = apply(x, f);
    const [dx, dfilter] = tf.grads(apply)([x, f], drawn(y.shape, "dy"));
    const read = (tensor: tf.Tensor): Float32Array => tensor.dataSync<"float32">();
    return { y: read(y), dx: read(dx!), dfilter: read(dfilter!) };
  });
}

function assertClose(actual: Float32Array, expected: Float32Array, what: string): void {
  assertEquals(actual.length, expected.length, what);
  const allowed = 1e-5 * expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  expected.forEach((value, i) => {
    const difference = Math.abs(actual[i]! - value);
    assert(difference <= allowed, `${what}[${i}] is ${actual[i]}, on the CPU backend ${value}`);
  });
}

describe("convolutions on wasm", () => {
  for (const each of CASES) {
    const { input, filter, stride, pad } = each;
    it(`give the CPU backend's numbers: ${input} by ${filter}, stride ${stride}, padding ${pad}`, async () => {
      const expected = await compute("cpu", each);
      await startWasm();
      const tensors = tf.memory().numTensors;
      const data = tf.backend().numDataIds();
      const actual = await compute("wasm", each);
      assertClose(actual.y, expected.y, "y");
      assertClose(actual.dx, expected.dx, "dx");
      assertClose(actual.dfilter, expected.dfilter, "dfilter");
      assertEquals(tf.memory().numTensors, tensors, "tensors");
      assertEquals(tf.backend().numDataIds(), data, "blocks of memory");
    });
  }
});

for (const way of [convolve, convolveFew]) {
  describe(way.name, () => {
    // The last has more output channels than are multiplied at a time.
    for (const each of [...CASES, { ...CASES[0]!, filter: [4, 4, 3, 70] } satisfies Case]) {
      const { input, filter, stride, pad } = each;
      it(`gives the CPU backend's numbers: ${input} by ${filter}, stride ${stride}, padding ${pad}`, async () => {
        const { y: expected } = await compute("cpu", each);
        await startWasm();
        const backend = tf.backend() as BackendWasm;
        const x = drawn(input, "x"), f = drawn(filter, "filter");
        const conv = tf.backend_util.computeConv2DInfo(input, filter, stride, 1, pad as "same");
        const blocks = backend.numDataIds();
        const y = way(backend, x, f, conv);
        const actual = (backend.readSync(y.dataId) as Float32Array).slice();
        backend.disposeData(y.dataId);
        assertEquals(backend.numDataIds(), blocks);
        tf.dispose([x, f]);
        assertClose(actual, expected, "y");
      });
    }
  });
}

describe("a convolution of few patches on wasm", () => {
  it("agrees with the CPU backend, bias included, and follows the filter when it changes", async () => {
    const shape = { x: [1, 4, 4, 256], filter: [4, 4, 256, 256], bias: [256] };
    const run = (): Float32Array[] =>
      tf.tidy(() => {
        const filter = tf.variable(drawn(shape.filter, "filter"), true);
        const x = drawn(shape.x, "x") as tf.Tensor4D, bias = drawn(shape.bias, "bias");
        const apply = (): Float32Array =>
          tf.fused.conv2d({ x, filter: filter as tf.Tensor4D, bias, strides: 2, pad: "same" })
            .dataSync<"float32">();
        const before = apply();
        filter.assign(tf.neg(filter));
        const after = apply();
        filter.dispose();
        return [before, after];
      });
    await tf.setBackend("cpu");
    const expected = run();
    await startWasm();
    run().forEach((actual, i) => assertClose(actual, expected[i]!, `pass ${i}`));
  });
});

describe("the gradient of a transposed convolution on wasm", () => {
  it("is differentiated again as on the CPU backend", async () => {
    const penalty = (): Float32Array =>
      tf.tidy(() => {
        const filter = drawn([4, 4, 2, 3], "filter") as tf.Tensor4D;
        const gradient = tf.grad((x) =>
          tf.sum(tf.square(tf.conv2dTranspose(x as tf.Tensor4D, filter, [1, 8, 6, 2], 2, "same")))
        );
        return tf.grad((x) => tf.sum(tf.square(gradient(x))))(drawn([1, 4, 3, 3], "x"))
          .dataSync<"float32">();
      });
    await tf.setBackend("cpu");
    const expected = penalty();
    await startWasm();
    assertClose(penalty(), expected, "gradient");
  });
});
