/**
 * Checks an engine as a GPU is to be checked, in minutes, and prints one JSON object: operations against
 * plain JavaScript, ten steps against it, a resumed training, memory over many steps, and the time of a
 * step. `check.sh` runs it.
 *
 *     deno run -A engine_check.ts webgpu '{"size":256,"steps":40}'
 */
// deno-lint-ignore-file no-console
import * as tf from "@tensorflow/tfjs";
import type { CompileMode } from "../../core/backends/compile.ts";
import { type EngineChoice, startEngine } from "../../core/backends/engine.ts";
import { opKinds, runOp } from "../core/backends/ops_suite.ts";
import { createTrainer, lossesOf, SMALL } from "./trainer.ts";

interface Options {
  /** Of the pictures of the timed steps. */
  readonly size: number;
  /** Timed steps. */
  readonly steps: number;
  /** Steps over which memory is watched. */
  readonly watched: number;
  /** Modes of compilation to time. */
  readonly compile: readonly CompileMode[];
}

const { size, steps, watched, compile: modes }: Options = {
  ...{ size: 64, steps: 3, watched: 10, compile: ["off"] },
  ...JSON.parse(Deno.args[1] ?? "{}"),
};

const PAPER = [64, 128, 256, 512, 512, 512, 512, 512];

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0, scale = 1;
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return most / scale;
}

/** The largest difference of each operation of the suite, as a share of its largest value (or 1). */
async function checkOperations(start: () => Promise<void>): Promise<object> {
  await tf.setBackend("cpu");
  const cases = Object.entries(opKinds).flatMap(([kind, all]) =>
    all.map((opCase) => ({ kind, opCase }))
  );
  const expected = [];
  for (const { opCase } of cases) expected.push(await runOp(opCase));
  await start();
  const wrong: Record<string, number | string> = {};
  const worst: Record<string, { values: number; gradients: number }> = {};
  for (const [index, { kind, opCase }] of cases.entries()) {
    const { values, gradients } = expected[index]!;
    try {
      const actual = await runOp(opCase);
      const offValues = largestDifference(actual.values, values);
      const offGradients = Math.max(
        0,
        ...gradients.map((each, i) => largestDifference(actual.gradients[i]!, each)),
      );
      const most = Math.max(offValues, offGradients);
      const before = worst[kind] ?? { values: 0, gradients: 0 };
      worst[kind] = {
        values: Math.max(before.values, offValues),
        gradients: Math.max(before.gradients, offGradients),
      };
      if (!(most <= (opCase.tolerance ?? 1e-5))) wrong[opCase.name] = most;
    } catch (error) {
      wrong[opCase.name] = String(error).slice(0, 300);
    }
  }
  return { operations: cases.length, largest_difference: worst, wrong };
}

/** Ten steps here and in plain JavaScript: how far the losses are apart, step by step. */
async function checkTenSteps(start: () => Promise<void>): Promise<object> {
  const take = async (): Promise<Record<string, number>[]> => {
    const trainer = createTrainer(32, SMALL, "off");
    const losses = await lossesOf(trainer, 1, 10);
    trainer.dispose();
    return losses;
  };
  await tf.setBackend("cpu");
  const expected = await take();
  await start();
  const actual = await take();
  return {
    relative_difference_by_step: expected.map((losses, index) =>
      Math.max(
        ...Object.entries(losses).map(([name, value]) =>
          Math.abs(actual[index]![name]! - value) / Math.abs(value)
        ),
      )
    ),
  };
}

/** Four steps at once, and two twice with the values written down in between: the same bits? */
async function checkResume(): Promise<object> {
  const whole = createTrainer(32, SMALL, "off");
  await lossesOf(whole, 1, 4);
  const first = createTrainer(32, SMALL, "off");
  await lossesOf(first, 1, 2);
  const second = createTrainer(32, SMALL, "off");
  second.restore(await first.values());
  await lossesOf(second, 3, 4);
  const [a, b] = [await whole.values(), await second.values()];
  const same = a.every((values, i) => values.every((value, j) => Object.is(value, b[i]![j])));
  for (const trainer of [whole, first, second]) trainer.dispose();
  return { same_bits: same };
}

async function checkMemory(): Promise<object> {
  const trainer = createTrainer(32, SMALL, "off");
  const seen: { tensors: number; bytes: number | null }[] = [];
  for (let index = 1; index <= watched; index++) {
    await trainer.step(index);
    const memory = tf.memory() as tf.MemoryInfo & { numBytesAllocatedInGPU?: number };
    seen.push({ tensors: memory.numTensors, bytes: memory.numBytesAllocatedInGPU ?? null });
  }
  trainer.dispose();
  const settled = seen[Math.min(5, seen.length - 1)]!, last = seen.at(-1)!;
  return { steps: watched, after_a_few: settled, at_the_end: last };
}

async function timeSteps(): Promise<object[]> {
  const filters = PAPER.slice(0, Math.min(8, Math.round(Math.log2(size))));
  const timed = [];
  for (const mode of modes) {
    const begun = performance.now();
    const trainer = createTrainer(size, filters, mode);
    await lossesOf(trainer, 1, 2);
    const warm = performance.now();
    const read = [];
    for (let index = 3; index < 3 + steps; index++) {
      const start = performance.now();
      await trainer.step(index);
      read.push(performance.now() - start);
    }
    read.sort((a, b) => a - b);
    const start = performance.now();
    for (let index = 0; index < steps - 1; index++) await trainer.stepUnread(index + 50);
    await trainer.step(99);
    const unread = (performance.now() - start) / steps;
    trainer.dispose();
    timed.push({
      ...{ compile: mode, size, warm_up_ms: warm - begun, median_ms: read[read.length >> 1] },
      ...{ min_ms: read[0], unread_ms: unread },
    });
  }
  return timed;
}

const name = (Deno.args[0] ?? "webgpu") as EngineChoice;
const { reason } = await startEngine(name, { fetch: false });
const own = tf.getBackend();
const start = async (): Promise<void> => void await tf.setBackend(own);
const report: Record<string, unknown> = { engine: reason };
const parts: Record<string, () => Promise<unknown>> = {
  operations: () => checkOperations(start),
  ten_steps: () => checkTenSteps(start),
  resume: checkResume,
  memory: checkMemory,
  step: timeSteps,
};
for (const [part, check] of Object.entries(parts)) {
  const begun = performance.now();
  try {
    report[part] = await check();
  } catch (error) {
    report[part] = { failed: String(error) };
    await start();
  }
  console.error(`${name}: ${part} took ${((performance.now() - begun) / 1e3).toFixed(1)} s`);
}
console.log(JSON.stringify(report));
Deno.exit(0);
