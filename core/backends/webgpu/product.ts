/**
 * Matrix products whose factors are read through functions: a convolution and its gradients are such
 * products of patches, without a copy of the patches.
 */
import * as tf from "@tensorflow/tfjs";
import type { TensorInfo } from "@tensorflow/tfjs";
import type { DeviceBackend } from "./device.ts";
import { declare, forEach, workgroupsFor } from "./wgsl.ts";

/** The product of `a`, `[rows, inner]`, and `b`, `[inner, columns]`, so many times (`layers`). */
export interface Product {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly layers: number;
  /** Names in the functions below, of two tensors. */
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /**
   * WGSL: `fn a(z: u32, row: u32, k: u32) -> f32`, `fn b(z: u32, k: u32, column: u32) -> f32`, and
   * `fn place(z: u32, row: u32, column: u32) -> i32`: where in the result a value belongs; below 0 for
   * nowhere.
   */
  readonly code: string;
  /** Whether neighbours in memory lie along `inner`, in `a` and in `b`. */
  readonly along: { readonly a: boolean; readonly b: boolean };
  readonly shape: readonly number[];
}

/** Threads of a workgroup along rows and along columns, and values of `inner` held at a time. */
const SIDE = 16;

/** Workgroups below which a device is not busy: then `inner` is divided among several. */
const BUSY = 256;

/** Values of `inner` that are worth a workgroup. */
const LEAST_INNER = 128;

/** Values that a thread computes along one side. */
function perThread(length: number): number {
  return length > 2 * SIDE ? 4 : length > SIDE ? 2 : 1;
}

/** Computes a product into a new tensor. */
export function multiply(backend: DeviceBackend, product: Product): TensorInfo {
  const { rows, inner, columns, layers, inputs, shape } = product;
  const high = perThread(rows), wide = perThread(columns);
  const tiles: [number, number] = [
    Math.ceil(columns / (SIDE * wide)),
    Math.ceil(rows / (SIDE * high)),
  ];
  const groups = tiles[0] * tiles[1] * layers;
  const splits = Math.max(1, Math.min(Math.floor(BUSY / groups), Math.floor(inner / LEAST_INNER)));
  const size = tf.util.sizeFromShape([...shape]);
  const output = backend.makeOutput(shape);
  const parts = splits === 1 ? output : backend.makeOutput([splits, size]);
  backend.runShader({
    code: shaderOf(product, high, wide, splits, size),
    inputs: Object.values(inputs),
    outputs: [parts],
    workgroups: [...tiles, layers * splits],
  });
  if (splits > 1) {
    backend.runShader({
      code: sumOf(splits),
      inputs: [parts],
      outputs: [output],
      workgroups: workgroupsFor(size),
    });
    backend.disposeData(parts.dataId);
  }
  return output;
}

const sumOf = (splits: number): string =>
  forEach(
    { inputs: { parts: "f32" }, outputs: { y: "f32" } },
    "y",
    `var sum = 0.0;
  for (var s = 0u; s < ${splits}u; s++) { sum += parts[s * arrayLength(&y) + i]; }
  y[i] = sum;`,
  );

function shaderOf(
  { rows, inner, columns, inputs, code, along }: Product,
  high: number,
  wide: number,
  splits: number,
  size: number,
): string {
  const share = Math.ceil(inner / splits / SIDE) * SIDE;
  const buffers = Object.fromEntries(Object.keys(inputs).map((name) => [name, "f32" as const]));
  const each = (count: number, line: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => line(i)).join("\n");
  // Threads that follow each other read what follows each other in memory.
  const [aRow, aInner] = along.a ? ["outer", "near"] : ["near", "outer"];
  const [bColumn, bInner] = along.b ? ["outer", "near"] : ["near", "outer"];
  return `${declare({ inputs: buffers, outputs: { y: "f32" } })}
${code}
var<workgroup> left: array<array<f32, ${SIDE * high + 1}>, ${SIDE}>;
var<workgroup> right: array<array<f32, ${SIDE * wide + 1}>, ${SIDE}>;

@compute @workgroup_size(${SIDE}, ${SIDE})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let near = local.x; let outer = local.y;
  let z = group.z / ${splits}u; let split = group.z % ${splits}u;
  let row = group.y * ${SIDE * high}u; let column = group.x * ${SIDE * wide}u;
  let end = min((split + 1u) * ${share}u, ${inner}u);
  ${each(high * wide, (i) => `var sum${i} = 0.0;`)}
  for (var begin = split * ${share}u; begin < end; begin += ${SIDE}u) {
    {
      let k = begin + ${aInner};
      ${
    each(high, (i) =>
      `{ let m = row + ${aRow} + ${SIDE * i}u; var v = 0.0;
         if (m < ${rows}u && k < end) { v = a(z, m, k); }
         left[${aInner}][${aRow} + ${SIDE * i}u] = v; }`)
  }
    }
    {
      let k = begin + ${bInner};
      ${
    each(wide, (j) =>
      `{ let n = column + ${bColumn} + ${SIDE * j}u; var v = 0.0;
         if (n < ${columns}u && k < end) { v = b(z, k, n); }
         right[${bInner}][${bColumn} + ${SIDE * j}u] = v; }`)
  }
    }
    workgroupBarrier();
    for (var k = 0u; k < ${SIDE}u; k++) {
      ${each(high, (i) => `let a${i} = left[k][outer + ${SIDE * i}u];`)}
      ${each(wide, (j) => `let b${j} = right[k][near + ${SIDE * j}u];`)}
      ${
    each(high, (i) =>
      each(wide, (j) =>
        `sum${i * wide + j} = fma(a${i}, b${j}, sum${i * wide + j});`))
  }
    }
    workgroupBarrier();
  }
  ${
    each(high, (i) =>
      each(wide, (j) =>
        `{ let m = row + outer + ${SIDE * i}u; let n = column + near + ${SIDE * j}u;
       if (m < ${rows}u && n < ${columns}u) {
         let at = place(z, m, n);
         if (at >= 0) { y[split * ${size}u + u32(at)] = sum${i * wide + j}; }
       } }`))
  }
}`;
}
