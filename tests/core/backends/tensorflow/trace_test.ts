import type { Variable } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { after, afterEach, before, describe, it } from "@std/testing/bdd";
import { typeAttribute } from "../../../../core/backends/tensorflow/attributes.ts";
import { AttributeType, DType } from "../../../../core/backends/tensorflow/dtypes.ts";
import { EagerExecutor } from "../../../../core/backends/tensorflow/eager.ts";
import type { HeldTensor } from "../../../../core/backends/tensorflow/executor.ts";
import { runFunction } from "../../../../core/backends/tensorflow/function.ts";
import { ResourceTensor } from "../../../../core/backends/tensorflow/resources.ts";
import { silenced } from "../../../../core/backends/tensorflow/silence.ts";
import { openLibrary } from "../../../../core/backends/tensorflow/symbols.ts";
import { Trace, type TracedFunction } from "../../../../core/backends/tensorflow/trace.ts";
import { PairlabError } from "../../../../core/base/errors.ts";
import { type CountedRuntime, NOTHING, startCounted } from "./counted.ts";
import { libraryPath, skip } from "./installed.ts";

const FLOAT = typeAttribute("T", DType.float32);

/** A variable as a trace needs one: something to tell from others. */
function variableNamed(name: string): Variable {
  return { name } as Variable;
}

describe("a trace", { skip }, () => {
  let runtime: CountedRuntime;
  let eager: EagerExecutor;
  before(() => {
    runtime = startCounted(silenced(() => openLibrary(libraryPath)));
    eager = new EagerExecutor(runtime);
  });
  // Nothing of TensorFlow's is left behind, whatever a test did.
  afterEach(() => assertEquals(runtime.alive(), NOTHING));
  after(() => runtime.close());

  const vector = (...values: number[]): HeldTensor =>
    eager.create([values.length], DType.float32, Float32Array.from(values));

  const add = (trace: Trace, a: HeldTensor, b: HeldTensor): HeldTensor =>
    trace.execute("AddV2", [FLOAT], [a, b], 1)[0]!.tensor;

  /** Runs a function and reads what it returns. */
  async function run(
    traced: TracedFunction,
    inputs: readonly HeldTensor[],
  ): Promise<number[][]> {
    const outputs = await runFunction(runtime, traced, inputs, { title: "test", xla: false });
    return outputs.map((output) => {
      const values = [...output.read() as Float32Array];
      output.release();
      return values;
    });
  }

  it("writes operations down, and makes a function of them", async () => {
    const trace = new Trace(runtime, eager, "test", new Map());
    const [a, b] = [vector(1, 2), vector(10, 20)];
    const x = trace.argument(a);
    const two = trace.create([], DType.float32, Float32Array.of(2));
    const doubled = trace.execute("Mul", [FLOAT], [x, two], 1)[0]!;
    assertEquals([doubled.dtype, doubled.shape], [DType.float32, [2]]);
    const traced = trace.finish([add(trace, doubled.tensor, b), x, x], new Map());
    trace.close();
    two.release();
    assertEquals(await run(traced, [a, ...traced.captures]), [[12, 24], [1, 2], [1, 2]]);
    for (const one of [a, b, ...traced.captures]) one.release();
  });

  it("takes lists of inputs where an operation wants them", async () => {
    const trace = new Trace(runtime, eager, "test", new Map());
    const a = vector(1, 2);
    const x = trace.argument(a);
    const axis = trace.create([], DType.int32, Int32Array.of(0));
    const attributes = [
      FLOAT,
      typeAttribute("Tidx", DType.int32),
      { name: "N", type: AttributeType.int, value: 3 },
    ];
    const joined = trace.execute("ConcatV2", attributes, [x, x, x, axis], 1)[0]!;
    assertEquals(joined.shape, [6]);
    const traced = trace.finish([joined.tensor], new Map());
    trace.close();
    assertEquals(await run(traced, [a]), [[1, 2, 1, 2, 1, 2]]);
    for (const one of [a, axis]) one.release();
  });

  it("changes variables in place, in the order in which it was told", async () => {
    const [first, second] = [variableNamed("first"), variableNamed("second")];
    const initial = vector(1, 2);
    const values = new Map<Variable, HeldTensor>([first, second].map((variable) => [
      variable,
      new ResourceTensor(eager, initial),
    ]));
    const trace = new Trace(runtime, eager, "test", values);
    const value = values.get(first)!;
    const before = add(trace, value, value);
    const rate = trace.create([], DType.float32, Float32Array.of(1));
    const descend = (value: HeldTensor): HeldTensor =>
      trace.update(
        "ResourceApplyGradientDescent",
        [FLOAT],
        new Map([[first, value]]),
        [rate, value],
      )![0]!.tensor;
    const half = trace.create([2], DType.float32, Float32Array.of(0.5, 0.5));
    const descended = descend(value);
    const changed = add(trace, descended, half);
    const traced = trace.finish([before, changed], new Map([...values, [first, descended]]));
    trace.close();
    assertEquals(traced.variables, [{ variable: first, changed: true }]);

    const place = value as ResourceTensor;
    assertEquals(await run(traced, [place.handle]), [[2, 4], [0.5, 0.5]]);
    assertEquals([...place.read() as Float32Array], [0, 0]);
    for (const one of [rate, half, initial, ...values.values()]) one.release();
  });

  it("does not change in place what was assigned before, and writes it back at the end", async () => {
    const variable = variableNamed("assigned");
    const initial = vector(3, 4);
    const place = new ResourceTensor(eager, initial);
    const trace = new Trace(runtime, eager, "test", new Map([[variable, place]]));
    const assigned = add(trace, place, place);
    const refused = trace.update(
      "ResourceApplyGradientDescent",
      [FLOAT],
      new Map([
        [variable, assigned],
      ]),
      [],
    );
    assertEquals(refused, null);
    const traced = trace.finish([], new Map([[variable, assigned]]));
    trace.close();
    assertEquals(await run(traced, [place.handle]), []);
    assertEquals([...place.read() as Float32Array], [6, 8]);
    for (const one of [initial, place]) one.release();
  });

  it("leaves nothing behind when it is given up", () => {
    const outside = vector(1, 2);
    const trace = new Trace(runtime, eager, "test", new Map());
    add(trace, outside, outside);
    assertThrows(() => trace.execute("NoSuchOperation", [], [], 1), Error, "NoSuchOperation");
    assertThrows(() => trace.read(outside), PairlabError, "Cannot read a tensor float32[2]");
    trace.close();
    outside.release();
  });

  it("keeps its tensors to itself", () => {
    const [mine, other] = ["mine", "other"].map((name) =>
      new Trace(runtime, eager, name, new Map())
    ) as [Trace, Trace];
    const example = vector(1);
    const x = mine.argument(example);
    assertThrows(() => add(other, x, x), PairlabError, 'outside of "mine"');
    assertThrows(() => eager.execute("Neg", [FLOAT], [x], 1), PairlabError, 'outside of "mine"');
    assert(add(mine, x, x).shape.length === 1);
    for (const one of [mine, other]) one.close();
    example.release();
  });
});
