/** Whether each engine starts, how fast it is, and whether its results are right. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import {
  type Engine,
  type EngineName,
  startEngine,
  type StartOptions,
} from "../backends/engine.ts";
import { ENGINE_NAMES, engineKind } from "../backends/engines.ts";
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
    const { missing, path } = await engineKind(engineName)?.diagnose?.(options) ?? {};
    if (missing !== undefined) return { name, state: "missing", ...missing };
    engine = await startEngine(engineName, { ...options, fetch: false });
    const version = `${engine.version} (${engine.detail})`;
    const wrong = findWrong();
    if (wrong !== "") {
      return {
        name,
        state: "problem",
        found: `${version} computes wrongly: ${wrong}`,
        remedy: "use another engine (--backend) and report this",
      };
    }
    const measured = measureRate();
    const digits = measured < 10 ? measured.toPrecision(2) : measured.toFixed();
    const rate = `${digits} GFLOP/s in a small convolution and its gradients`;
    const from = path === undefined ? "" : `, from "${path}"`;
    return { name, state: "ok", found: `${version}: ${rate}${from}` };
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
function findWrong(): string {
  const sides = [1, 2, 2, 1];
  const shares = sides.flatMap((row) => sides.map((column) => row * column));
  return tf.tidy(() => {
    const x = tf.ones<tf.Rank.R4>([1, 4, 4, 1]), filter = tf.ones<tf.Rank.R4>([4, 4, 1, 1]);
    const [dx, dfilter] = gradients(x, filter);
    const results: readonly [string, Tensor, readonly number[]][] = [
      ["a convolution", convolve(x, filter), [9, 9, 9, 9]],
      ["its gradient by the picture", dx, shares],
      ["its gradient by the filter", dfilter, shares],
    ];
    for (const [what, tensor, expected] of results) {
      const values = [...tensor.dataSync()];
      if (values.join() !== expected.join()) {
        return `${what} gave ${values.join(" ")} instead of ${expected.join(" ")}`;
      }
    }
    return "";
  });
}

function convolve(x: Tensor, filter: Tensor): Tensor {
  return tf.conv2d(x as Tensor4D, filter as Tensor4D, 2, "same");
}

function gradients(x: Tensor4D, filter: Tensor4D): [Tensor, Tensor] {
  return tf.grads(convolve)([x, filter]) as [Tensor, Tensor];
}

/** How long a rate is measured, ms. */
const MEASURED = 200;

/** The best rate of a convolution and its two gradients, GFLOP/s. */
function measureRate(): number {
  // Small first: plain JavaScript would take minutes for what keeps a fast engine busy.
  const rough = rateOf({ channels: 16, filters: 32 });
  return rough < 1 ? rough : rateOf({ channels: 64, filters: 128 });
}

function rateOf({ channels, filters }: { channels: number; filters: number }): number {
  const size = 32;
  const x = tf.ones<tf.Rank.R4>([1, size, size, channels]);
  const filter = tf.ones<tf.Rank.R4>([4, 4, channels, filters]);
  const gigaflop = 3 * 2 * filter.size * (size / 2) ** 2 / 1e9;
  const begin = performance.now();
  let best = Infinity;
  do {
    const start = performance.now();
    tf.tidy(() => gradients(x, filter).forEach((gradient) => gradient.dataSync()));
    best = Math.min(best, performance.now() - start);
  } while (performance.now() - begin < MEASURED);
  tf.dispose([x, filter]);
  return gigaflop / (best / 1e3);
}
