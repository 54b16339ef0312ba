import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { TensorflowBinding } from "../../../../core/backends/tensorflow/binding.ts";
import { AttributeType, DType } from "../../../../core/backends/tensorflow/dtypes.ts";
import { silenced } from "../../../../core/backends/tensorflow/silence.ts";
import { openLibrary } from "../../../../core/backends/tensorflow/symbols.ts";
import type { Values } from "../../../../core/backends/tensorflow/values.ts";
import { type CountedRuntime, NOTHING, startCounted } from "./counted.ts";
import { libraryPath, skip } from "./installed.ts";

type Attribute = { name: string; type: number; value: boolean | number | object | string };

const FLOAT: Attribute = { name: "T", type: AttributeType.type, value: DType.float32 };
let runtime: CountedRuntime;
let binding: TensorflowBinding;

function roundTrip(shape: number[], dtype: number, values: Values): unknown {
  const id = binding.createTensor(shape, dtype, values);
  try {
    return binding.tensorDataSync(id);
  } finally {
    binding.deleteTensor(id);
  }
}

/** Runs an op on given tensors and gives its first output, with nothing left behind. */
function run(
  name: string,
  attributes: Attribute[],
  ...inputs: [shape: number[], dtype: number, values: Values][]
): { shape: number[]; dtype: number; values: unknown } {
  const ids = inputs.map((input) => binding.createTensor(...input));
  try {
    const [output] = binding.executeOp(name, attributes, ids, 1);
    const values = binding.tensorDataSync(output!.id);
    binding.deleteTensor(output!.id);
    return { shape: output!.shape, dtype: output!.dtype, values };
  } finally {
    ids.forEach((id) => binding.deleteTensor(id));
  }
}

function bytes(...texts: string[]): Uint8Array[] {
  return texts.map((text) => new TextEncoder().encode(text));
}

function textOf(values: unknown): string[] {
  return (values as Uint8Array[]).map((value) => new TextDecoder().decode(value));
}

describe("TensorflowBinding", { skip }, () => {
  before(() => {
    runtime = startCounted(silenced(() => openLibrary(libraryPath)));
    binding = new TensorflowBinding(runtime);
  });
  after(() => {
    binding.close();
    assertEquals(runtime.alive(), NOTHING, "what is left when the binding is closed");
    runtime.close();
  });

  describe("values", () => {
    it("come back as they went in, for every type", () => {
      const floats = Float32Array.of(0.1, -2, NaN, Infinity, -0, 3e38);
      assertEquals(roundTrip([2, 3], DType.float32, floats), floats);
      const ints = Int32Array.of(1, -2, 2 ** 31 - 1, -(2 ** 31));
      assertEquals(roundTrip([4], DType.int32, ints), ints);
      assertEquals(roundTrip([3], DType.bool, Uint8Array.of(1, 0, 1)), Uint8Array.of(1, 0, 1));
      const complex = Float32Array.of(1, 2, 3, 4);
      assertEquals(roundTrip([2], DType.complex64, complex), complex);
    });

    it("of a scalar and of an empty tensor come back", () => {
      assertEquals(roundTrip([], DType.float32, Float32Array.of(7)), Float32Array.of(7));
      assertEquals(roundTrip([0, 3], DType.float32, new Float32Array()), new Float32Array());
      assertEquals(roundTrip([0], DType.string, []), []);
    });

    it("of a view into a larger buffer are those of the view", () => {
      const view = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
      assertEquals(roundTrip([2], DType.float32, view), Float32Array.of(1, 2));
    });

    it("of uint8 and int64 come back as int32, which is what tfjs takes them for", () => {
      assertEquals(roundTrip([2], DType.uint8, Uint8Array.of(0, 255)), Int32Array.of(0, 255));
      // tfjs-node's own form: low and high half of each.
      const halves = Int32Array.of(5, 0, -7, -1);
      assertEquals(roundTrip([2], DType.int64, halves), Int32Array.of(5, -7));
    });

    it("of int64 that do not fit are refused", () => {
      assertThrows(
        () => roundTrip([], DType.int64, Int32Array.of(0, 1)),
        RangeError,
        "Cannot read the int64 4294967296",
      );
    });

    it("of strings come back: short, long, empty, with a zero byte, in other scripts", () => {
      const texts = ["", "a", "a\0b", "ä".repeat(11), "x".repeat(23), "花".repeat(10_000)];
      assertEquals(textOf(roundTrip([2, 3], DType.string, bytes(...texts))), texts);
    });

    it("that are of another type, or too few, are refused", () => {
      assertThrows(
        () => roundTrip([2], DType.float32, Int32Array.of(1, 2)),
        TypeError,
        "Cannot make a tensor float32[2] of 2 values from Int32Array of 2",
      );
      assertThrows(
        () => roundTrip([2, 2], DType.int32, Int32Array.of(1, 2)),
        TypeError,
        "Cannot make a tensor int32[2, 2] of 4 values from Int32Array of 2: expected 4",
      );
      assertThrows(() => roundTrip([2], DType.string, bytes("a")), TypeError, "from 1 strings");
      assertThrows(() => roundTrip([1], DType.float32, bytes("a")), TypeError, "from strings");
    });
  });

  describe("operations", () => {
    it("compute", () => {
      const sum = run(
        "AddV2",
        [FLOAT],
        [[2], DType.float32, Float32Array.of(1, 2)],
        [[], DType.float32, Float32Array.of(10)],
      );
      assertEquals(sum, { shape: [2], dtype: DType.float32, values: Float32Array.of(11, 12) });
    });

    it("take and give strings, which outlive the tensors that they were made from", () => {
      const joined = run(
        "StringJoin",
        [
          { name: "N", type: AttributeType.int, value: 2 },
          { name: "separator", type: AttributeType.string, value: " und " },
        ],
        [[2], DType.string, bytes("Blüte", "x".repeat(40))],
        [[], DType.string, bytes("Blatt")],
      );
      assertEquals(textOf(joined.values), ["Blüte und Blatt", `${"x".repeat(40)} und Blatt`]);
    });

    it("share strings without freeing them twice", () => {
      const original = binding.createTensor([2], DType.string, bytes("y".repeat(50), "z"));
      const type = { name: "T", type: AttributeType.type, value: DType.string };
      const [same] = binding.executeOp("Identity", [type], [original], 1);
      binding.deleteTensor(original);
      assertEquals(textOf(binding.tensorDataSync(same!.id)), ["y".repeat(50), "z"]);
      binding.deleteTensor(same!.id);
    });

    it("give several outputs, and as many as there are", () => {
      const many = 100;
      const values = Float32Array.from({ length: many }, (_, i) => i);
      const input = binding.createTensor([many], DType.float32, values);
      const attributes = [
        FLOAT,
        { name: "num", type: AttributeType.int, value: many },
        { name: "axis", type: AttributeType.int, value: 0 },
      ];
      const outputs = binding.executeOp("Unpack", attributes, [input], many);
      assertEquals(outputs.map(({ id }) => binding.tensorDataSync(id)[0]), [...values]);
      for (const id of [input, ...outputs.map((output) => output.id)]) binding.deleteTensor(id);
    });

    it("work with resources, which are read as bytes", () => {
      const attributes = [
        { name: "dtype", type: AttributeType.type, value: DType.float32 },
        { name: "shape", type: AttributeType.shape, value: [2] },
        { name: "shared_name", type: AttributeType.string, value: "v" },
        { name: "container", type: AttributeType.string, value: "" },
      ];
      const [variable] = binding.executeOp("VarHandleOp", attributes, [], 1);
      assertEquals(variable!.dtype, DType.resource);
      const value = binding.createTensor([2], DType.float32, Float32Array.of(3, 4));
      const type = { name: "dtype", type: AttributeType.type, value: DType.float32 };
      assertEquals(
        binding.executeOp("AssignVariableOp", [type], [variable!.id, value], 0),
        [],
      );
      const [read] = binding.executeOp("ReadVariableOp", [type], [variable!.id], 1);
      assertEquals(binding.tensorDataSync(read!.id), Float32Array.of(3, 4));
      assert(binding.tensorDataSync(variable!.id) instanceof Uint8Array);
      for (const id of [variable!.id, value, read!.id]) binding.deleteTensor(id);
    });
  });

  describe("errors", () => {
    const matrix: [number[], number, Values] = [[2, 3], DType.float32, new Float32Array(6)];
    const product = [
      FLOAT,
      { name: "transpose_a", type: AttributeType.bool, value: false },
      { name: "transpose_b", type: AttributeType.bool, value: false },
    ];

    it("name the op and its inputs and say what TensorFlow says, without its inner names", () => {
      const { message } = assertThrows(() => run("MatMul", product, matrix, matrix));
      assertStringIncludes(message, 'Cannot run op "MatMul" on float32[2, 3], float32[2, 3]: ');
      assertStringIncludes(message, "Matrix size-incompatible");
      assert(!message.includes("function_node"), message);
    });

    it("name an op that TensorFlow does not know", () => {
      assertThrows(() => run("NoSuchOp", [], matrix), Error, 'Cannot run op "NoSuchOp"');
    });

    it("name a tensor that was disposed", () => {
      const id = binding.createTensor([], DType.float32, Float32Array.of(1));
      binding.deleteTensor(id);
      const message = `Cannot use tensor ${id}: it does not exist, or was disposed`;
      assertThrows(() => binding.deleteTensor(id), RangeError, message);
      assertThrows(() => binding.tensorDataSync(id), RangeError, message);
      assertThrows(() => binding.executeOp("Neg", [FLOAT], [id], 1), RangeError, message);
    });
  });

  describe("memory", () => {
    it("is freed by every call, those included that fail", () => {
      const alive = runtime.alive();
      const tensors = binding.getNumOfTensors();
      const vector: [number[], number, Values] = [[2], DType.float32, Float32Array.of(1, 2)];
      for (let i = 0; i < 20; i++) {
        run("Neg", [FLOAT], vector);
        roundTrip([2], DType.string, bytes("a", "b".repeat(30)));
        assertThrows(() => run("NoSuchOp", [], vector));
        assertThrows(() => run("MatMul", [FLOAT], vector, vector));
        assertThrows(() => run("Neg", [{ ...FLOAT, value: "float" }], vector));
        assertThrows(() => run("Neg", [{ ...FLOAT, type: 77 }], vector));
        assertThrows(() => run("AddV2", [FLOAT], vector));
        assertThrows(() => run("Neg", [FLOAT], vector, vector));
        assertThrows(() => roundTrip([3], DType.float32, Float32Array.of(1)));
        assertThrows(() => roundTrip([3], DType.string, bytes("a")));
        assertThrows(() => roundTrip([], DType.int64, Int32Array.of(0, 1)));
        // One output is asked for where there are two.
        assertThrows(() => run("Unique", [FLOAT], vector));
      }
      assertEquals(runtime.alive(), alive);
      assertEquals(binding.getNumOfTensors(), tensors);
    });

    it("stays flat over many operations on large tensors and strings", () => {
      const megabytes = (): number => Deno.memoryUsage().rss / 2 ** 20;
      const large: [number[], number, Values] = [
        [2 ** 18],
        DType.float32,
        new Float32Array(2 ** 18),
      ];
      const text = bytes("z".repeat(2 ** 20));
      const repeat = (times: number): void => {
        for (let i = 0; i < times; i++) {
          run("Neg", [FLOAT], large);
          roundTrip([1], DType.string, text);
          assertThrows(() => run("MatMul", [FLOAT], large, large));
        }
      };
      repeat(50);
      const before = megabytes();
      repeat(500);
      // Each of the five tensors of a round is a megabyte: a leak of one would be 500.
      const grown = megabytes() - before;
      assert(grown < 250, `${grown.toFixed(0)} MB more are in use`);
    });
  });
});
