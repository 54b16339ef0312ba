import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { setAttribute } from "../../../../core/backends/tensorflow/attributes.ts";
import { AttributeType } from "../../../../core/backends/tensorflow/dtypes.ts";
import type { Runtime } from "../../../../core/backends/tensorflow/runtime.ts";

type Value = boolean | number | object | string;

/** What the C functions are called with, copied as C would read it. */
function callsOf(type: number, value: Value): unknown[][] {
  const calls: unknown[][] = [];
  const api = new Proxy({}, {
    get: (_, name) => (_op: unknown, attribute: Uint8Array, ...rest: unknown[]) =>
      calls.push([name, new TextDecoder().decode(attribute), ...rest]),
  });
  const status = { pointer: null, check: () => {} };
  const to = { api: "TFE_Op" as const, pointer: Deno.UnsafePointer.create(1n)! };
  setAttribute({ api, status } as unknown as Runtime, to, { name: "a", type, value });
  return calls;
}

/** Reads an array of addresses, and as much at each as `lengths` says. */
function deref(pointers: BigUint64Array, lengths: readonly number[]): Uint8Array[] {
  return lengths.map((length, i) => {
    const bytes = new Uint8Array(length);
    const pointer = Deno.UnsafePointer.create(pointers[i]!)!;
    Deno.UnsafePointerView.copyInto(pointer, bytes);
    return bytes;
  });
}

describe("setAttribute", () => {
  it("sets a string, and its length without the zero at the end", () => {
    const [[name, attribute, bytes, length]] = callsOf(AttributeType.string, "SÄME") as [unknown[]];
    assertEquals([name, attribute], ["TFE_OpSetAttrString", "a\0"]);
    assertEquals(new TextDecoder().decode(bytes as Uint8Array), "SÄME\0");
    assertEquals(length, 5n);
  });

  it("sets numbers, booleans and types", () => {
    assertEquals(callsOf(AttributeType.int, -3), [["TFE_OpSetAttrInt", "a\0", -3n]]);
    assertEquals(callsOf(AttributeType.int, 2 ** 60), [["TFE_OpSetAttrInt", "a\0", 2n ** 60n]]);
    assertEquals(callsOf(AttributeType.float, 0.5), [["TFE_OpSetAttrFloat", "a\0", 0.5]]);
    assertEquals(callsOf(AttributeType.bool, true), [["TFE_OpSetAttrBool", "a\0", 1]]);
    assertEquals(callsOf(AttributeType.bool, false), [["TFE_OpSetAttrBool", "a\0", 0]]);
    assertEquals(callsOf(AttributeType.type, 3), [["TFE_OpSetAttrType", "a\0", 3]]);
  });

  it("cuts a fraction off an integer, as C does: tfjs hands over random seeds that way", () => {
    assertEquals(callsOf(AttributeType.int, 2.9), [["TFE_OpSetAttrInt", "a\0", 2n]]);
  });

  it("sets lists", () => {
    assertEquals(callsOf(AttributeType.int, [1, 2]), [
      ["TFE_OpSetAttrIntList", "a\0", BigInt64Array.of(1n, 2n), 2],
    ]);
    assertEquals(callsOf(AttributeType.float, [0.5, 2]), [
      ["TFE_OpSetAttrFloatList", "a\0", Float32Array.of(0.5, 2), 2],
    ]);
    assertEquals(callsOf(AttributeType.bool, [true, false]), [
      ["TFE_OpSetAttrBoolList", "a\0", Uint8Array.of(1, 0), 2],
    ]);
    assertEquals(callsOf(AttributeType.type, [1, 3]), [
      ["TFE_OpSetAttrTypeList", "a\0", Int32Array.of(1, 3), 2],
    ]);
    assertEquals(callsOf(AttributeType.int, []), [
      ["TFE_OpSetAttrIntList", "a\0", new BigInt64Array(), 0],
    ]);
  });

  it("sets a list of strings", () => {
    const [[name, , pointers, lengths, count]] = callsOf(AttributeType.string, ["ab", ""]) as [
      unknown[],
    ];
    assertEquals([name, count], ["TFE_OpSetAttrStringList", 2]);
    assertEquals(lengths, BigUint64Array.of(2n, 0n));
    const texts = deref(pointers as BigUint64Array, [2, 0]);
    assertEquals(texts.map((bytes) => new TextDecoder().decode(bytes)), ["ab", ""]);
  });

  it("sets a shape, a scalar's included, and a list of shapes", () => {
    assertEquals(callsOf(AttributeType.shape, [2, 3]), [
      ["TFE_OpSetAttrShape", "a\0", BigInt64Array.of(2n, 3n), 2, null],
    ]);
    assertEquals(callsOf(AttributeType.shape, []), [
      ["TFE_OpSetAttrShape", "a\0", new BigInt64Array(), 0, null],
    ]);
    const [[name, , pointers, ranks, count]] = callsOf(AttributeType.shape, [[4], [5, 6]]) as [
      unknown[],
    ];
    assertEquals([name, count], ["TFE_OpSetAttrShapeList", 2]);
    assertEquals(ranks, Int32Array.of(1, 2));
    const shapes = deref(pointers as BigUint64Array, [8, 16]);
    assertEquals(shapes.map((bytes) => [...new BigInt64Array(bytes.buffer)]), [[4n], [5n, 6n]]);
  });

  it("refuses a value of another type, which TensorFlow would read as something else", () => {
    const wrong: [number, Value, string][] = [
      [AttributeType.string, 1, "expected a string"],
      [AttributeType.int, "1", "expected a number"],
      [AttributeType.int, NaN, "expected a number"],
      [AttributeType.float, true, "expected a number"],
      [AttributeType.bool, 1, "expected a boolean"],
      [AttributeType.bool, [true, 0], "expected a boolean"],
      [AttributeType.type, 1.5, "expected the number of a data type"],
      [AttributeType.shape, 3, "expected a shape"],
    ];
    for (const [type, value, message] of wrong) {
      assertThrows(() => callsOf(type, value), TypeError, message);
    }
    assertThrows(() => callsOf(99, 1), TypeError, 'Cannot set attribute "a": its type 99');
  });
});
