import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { compile } from "../../../../core/backends/compile.ts";
import { assertClose, computeOp, drawInputs, opCases } from "../ops_suite.ts";
import { skip, start } from "./installed.ts";

/** Cases for which TensorFlow takes another kernel in a graph, and how close the two are. */
const TOLERANCES: ReadonlyMap<string, number> = new Map([["softmax", 1e-6]]);

/** Types and shapes of tensors, and their values; the tensors are disposed. */
function take(tensors: readonly Tensor[]): { kinds: string[]; values: Float32Array[] } {
  const kinds = tensors.map(({ dtype, shape }) => `${dtype}[${shape}]`);
  const values = tensors.map((tensor) => Float32Array.from(tensor.dataSync()));
  tf.dispose([...tensors]);
  return { kinds, values };
}

describe("operations in compiled functions", { skip }, () => {
  let engine: { close(): void };
  before(async () => {
    engine = await start();
  });
  after(() => engine.close());

  for (const opCase of opCases) {
    const tolerance = TOLERANCES.get(opCase.name);
    const claim = tolerance === undefined ? "to the bit" : `to ${tolerance}`;
    it(`${opCase.name}: what it gives by itself, gradients and all, ${claim}`, async () => {
      const inputs = drawInputs(opCase);
      const compute = (...inputs: Tensor[]): Tensor[] => computeOp(opCase, inputs);
      const atOnce = take(await compile(compute, { mode: "off" })(...inputs));
      const compiled = take(await compile(compute)(...inputs));
      assertEquals(compiled.kinds, atOnce.kinds);
      if (tolerance === undefined) assertEquals(compiled.values, atOnce.values);
      else {
        compiled.values.forEach((values, index) =>
          assertClose(values, atOnce.values[index]!, tolerance, `tensor ${index}`)
        );
      }
      tf.dispose(inputs);
    });
  }
});
