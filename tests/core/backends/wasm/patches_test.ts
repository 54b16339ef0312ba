import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type Convolution,
  fromPlanes,
  gatherPatches,
  gatherTap,
  planesLength,
  positionsOf,
  scatterTap,
  tapsOf,
  toPlanes,
  transpose,
} from "../../../../core/backends/wasm/patches.ts";
import { randomStream } from "../../../../core/random/stream.ts";

type Padding = "same" | "valid" | number | [[0, 0], [number, number], [number, number], [0, 0]];

interface Geometry {
  readonly input: [number, number, number, number];
  readonly kernel: [number, number];
  readonly stride: number | [number, number];
  readonly pad: Padding;
}

const GEOMETRIES: readonly Geometry[] = [
  { input: [1, 8, 8, 3], kernel: [4, 4], stride: 2, pad: "same" },
  { input: [2, 9, 7, 2], kernel: [4, 4], stride: 2, pad: "same" },
  { input: [3, 5, 6, 2], kernel: [3, 2], stride: 1, pad: "same" },
  { input: [1, 7, 7, 2], kernel: [4, 4], stride: 1, pad: 1 },
  { input: [2, 10, 7, 1], kernel: [3, 3], stride: 2, pad: "valid" },
  { input: [1, 11, 8, 2], kernel: [3, 5], stride: [3, 2], pad: "same" },
  { input: [1, 6, 6, 2], kernel: [3, 3], stride: 2, pad: [[0, 0], [2, 0], [0, 3], [0, 0]] },
  { input: [1, 5, 5, 2], kernel: [1, 1], stride: 2, pad: "same" },
  { input: [1, 1, 1, 4], kernel: [4, 4], stride: 2, pad: "same" },
  { input: [1, 3, 37, 2], kernel: [3, 3], stride: [1, 2], pad: "same" },
];

function convolutionOf({ input, kernel, stride, pad }: Geometry): Convolution {
  // tfjs' types know "same", "valid" and numbers alone.
  return tf.backend_util.computeConv2DInfo(input, [...kernel, input[3], 1], stride, 1, pad as 1);
}

function drawn(length: number, ...path: (string | number)[]): Float32Array {
  const { normal } = randomStream(23, ...path);
  return Float32Array.from({ length }, () => normal());
}

/** What a tap sees of a picture at an output position: straight from the definition. */
function seenBy(
  x: Float32Array,
  conv: Convolution,
  tap: number,
  position: number,
  channel: number,
): number {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = conv;
  const column = (position % outWidth) * conv.strideWidth - padInfo.left + tap % conv.filterWidth;
  const row = (Math.floor(position / outWidth) % outHeight) * conv.strideHeight - padInfo.top +
    Math.floor(tap / conv.filterWidth);
  if (row < 0 || row >= inHeight || column < 0 || column >= inWidth) return 0;
  const image = Math.floor(position / (outHeight * outWidth));
  return x[((image * inHeight + row) * inWidth + column) * inChannels + channel]!;
}

function planesOf(x: Float32Array, conv: Convolution): Float32Array {
  const planes = new Float32Array(planesLength(conv)).fill(NaN);
  toPlanes(x, planes, conv);
  return planes;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

for (const geometry of GEOMETRIES) {
  const conv = convolutionOf(geometry);
  const { input, kernel, stride, pad } = geometry;
  const size = tf.util.sizeFromShape(input), channels = conv.inChannels;
  const x = drawn(size, "x", size);
  const positions = positionsOf(conv);

  describe(`patches of ${input} by ${kernel}, stride ${stride}, padding ${pad}`, () => {
    it("hold what each tap sees", () => {
      const planes = planesOf(x, conv);
      const seen = new Float32Array(channels * positions);
      for (let tap = 0; tap < tapsOf(conv); tap++) {
        gatherTap(planes, seen, conv, tap);
        const expected = Array.from(
          seen,
          (_, i) => seenBy(x, conv, tap, i % positions, Math.floor(i / positions)),
        );
        assertEquals([...seen], expected, `tap ${tap}`);
      }
    });

    it("hold what each position sees, in any block of positions", () => {
      const depth = tapsOf(conv) * channels;
      const first = Math.floor(positions / 3), count = positions - first;
      const patches = new Float32Array(count * depth).fill(NaN);
      gatherPatches(x, patches, conv, first, count);
      const expected = Array.from(patches, (_, i) => {
        const position = first + Math.floor(i / depth), tap = Math.floor((i % depth) / channels);
        return seenBy(x, conv, tap, position, i % channels);
      });
      assertEquals([...patches], expected);
    });

    it("give each tap's share back to where it looked", () => {
      // <gather(x), share> = <x, scatter(share)> for all x and share.
      for (let tap = 0; tap < tapsOf(conv); tap++) {
        const share = drawn(channels * positions, "share", tap);
        const seen = new Float32Array(share.length);
        gatherTap(planesOf(x, conv), seen, conv, tap);
        const planes = new Float32Array(planesLength(conv));
        scatterTap(share, planes, conv, tap);
        const given = new Float32Array(size).fill(NaN);
        fromPlanes(planes, given, conv);
        const difference = Math.abs(dot(seen, share) - dot(x, given));
        assert(difference < 1e-4, `tap ${tap}: ${difference}`);
      }
    });
  });
}

describe("transpose", () => {
  it("swaps rows and columns of matrices smaller, larger and no multiple of its blocks", () => {
    for (const [rows, columns] of [[1, 5], [16, 16], [40, 33], [3, 100]] as const) {
      const matrix = drawn(rows * columns, "matrix");
      const transposed = new Float32Array(rows * columns);
      transpose(matrix, transposed, rows, columns);
      const expected = Array.from(
        transposed,
        (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)],
      );
      assertEquals([...transposed], expected as number[]);
    }
  });

  it("takes some columns of a matrix that has more", () => {
    const transposed = new Float32Array(4);
    transpose(Float32Array.of(1, 2, 3, 4, 5, 6).subarray(1), transposed, 2, 2, 3);
    assertEquals([...transposed], [2, 5, 3, 6]);
  });
});
