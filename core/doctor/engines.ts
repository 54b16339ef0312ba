/** Whether each engine starts, how fast it is, and whether its results are right. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import {
  type Engine,
  type EngineName,
  startEngine,
  type StartOptions,
} from "../backends/engine.ts";
import { ENGINE_NAMES, engineKind } from "../backends/engines.ts";
import { convolutionGradients, convolve, measureRate } from "../backends/rate.ts";
import { messageOf } from "../base/errors.ts";
import type { Check } from "./check.ts";

/** Checks all engines, the fastest first. Nothing is fetched. */
export async function checkEngines(options: StartOptions = {}): Promise<Check[]> {
  const checks: Check[] = [];
  for (const name of ENGINE_NAMES) checks.push(await checkEngine(name, options));
  return checks;
}

async function checkEngine(engineName: EngineName, options: StartOptions): Promise<Check> {
  const name = `engine ${engineName}`;
  let engine: Engine | undefined;
  try {
    const { missing, path, devices = [] } = await engineKind(engineName)?.diagnose?.(options) ?? {};
    if (missing !== undefined) return { name, state: "missing", ...missing };
    engine = await startEngine(engineName, { ...options, fetch: false });
    const version = `${engine.version} (${engine.detail})`;
    const wrong = await findWrong();
    if (wrong !== "") {
      return {
        name,
        state: "problem",
        found: `${version} computes wrongly: ${wrong}`,
        remedy: "use another engine (--backend) and report this",
      };
    }
    const measured = await measureRate();
    const digits = measured < 10 ? measured.toPrecision(2) : measured.toFixed();
    const rate = `${digits} GFLOP/s in a small convolution and its gradients`;
    const from = path === undefined ? "" : `, from "${path}"`;
    const found = [`${version}: ${rate}${from}`, ...devices.map((device) => `adapter: ${device}`)];
    return { name, state: "ok", found: found.join("\n") };
  } catch (error) {
    const remedy = "follow the message; --debug shows the stack";
    return { name, state: "problem", found: messageOf(error), remedy };
  } finally {
    engine?.close();
  }
}

/**
 * A 4x4 convolution of stride 2 over 4x4 ones, and its gradients. At the border a kernel sees three
 * of its four rows and columns; by row or column, kernel and picture take part 1, 2, 2 and 1 times.
 *
 * @returns What is wrong, or an empty text.
 */
async function findWrong(): Promise<string> {
  const sides = [1, 2, 2, 1];
  const shares = sides.flatMap((row) => sides.map((column) => row * column));
  const expected = [[9, 9, 9, 9], shares, shares];
  const results = tf.tidy((): Tensor[] => {
    const x = tf.ones<tf.Rank.R4>([1, 4, 4, 1]), filter = tf.ones<tf.Rank.R4>([4, 4, 1, 1]);
    return [convolve(x, filter), ...convolutionGradients(x, filter)];
  });
  for (const [index, what] of RESULTS.entries()) {
    const values = [...await results[index]!.data()];
    if (values.join() !== expected[index]!.join()) {
      return `${what} gave ${values.join(" ")} instead of ${expected[index]!.join(" ")}`;
    }
  }
  tf.dispose(results);
  return "";
}

const RESULTS = [
  "a convolution",
  "its gradient by the picture",
  "its gradient by the filter",
];
