/**
 * Trains tiny networks for some thousand steps in a process of its own, whose memory is then nobody
 * else's, and prints from time to time what is held: tensors of tfjs, tensors of the engine, bytes.
 *
 *     deno run -A --v8-flags=--expose-gc memory_process.ts tensorflow on 2000
 */
// deno-lint-ignore-file no-console
import * as tf from "@tensorflow/tfjs";
import type { CompileMode } from "../../../core/backends/compile.ts";
import { type EngineName, startEngine } from "../../../core/backends/engine.ts";
import { cachePairs } from "../../../core/data/pair_cache.ts";
import type { Callback } from "../../../core/plugin.ts";
import { recordPath } from "../../../core/runs/run_folder.ts";
import { train } from "../../../core/train/train.ts";
import { createTraining } from "../../../core/train/training.ts";
import { plainPairs, tinyShape, tinyWiring } from "./tiny.ts";

const [engineName = "cpu", compile = "on", stepsText = "100"] = Deno.args;
const steps = Number(stepsText), pairs = 20;
await startEngine(engineName as EngineName, { fetch: false });
const folder = await Deno.makeTempDir({ prefix: "pairlab-memory-" });
await Deno.writeTextFile(recordPath(folder), "{}");

/** Tensors that the engine holds, where it counts them. */
function handles(): number {
  const { binding } = tf.backend() as { readonly binding?: { getNumOfTensors(): number } };
  return binding?.getNumOfTensors() ?? 0;
}

const watch: Callback = {
  name: "watch",
  onStepEnd: (_, { step }) => {
    if (step % (steps / 20) !== 0) return;
    (globalThis as { gc?: () => void }).gc?.();
    const { numTensors: tensors } = tf.memory();
    const { rss: bytes } = Deno.memoryUsage();
    console.log(JSON.stringify({ step, tensors, handles: handles(), bytes }));
  },
};
await train(
  await createTraining({
    experiment: "tiny",
    folder,
    wiring: tinyWiring({ callbacks: [watch] }),
    shape: tinyShape,
    train: cachePairs(plainPairs(pairs)),
    test: plainPairs(1),
    epochs: steps / pairs,
    batch: 1,
    seed: 23,
    compile: compile as CompileMode,
  }),
  new AbortController().signal,
);
await Deno.remove(folder, { recursive: true });
Deno.exit(0);
