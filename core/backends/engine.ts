/**
 * Starts the engine that computes: TensorFlow, a GPU through WebGPU, WebAssembly or plain JavaScript.
 * Loads only the engine in use.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { messageOf, PairlabError } from "../base/errors.ts";
import { EngineError } from "./engine_error.ts";
import type { EngineKind, StartedEngine, StartOptions, Trial } from "./engine_kind.ts";
import {
  ENGINE_CHOICES,
  ENGINE_NAMES,
  type EngineChoice,
  engineKind,
  type EngineName,
  ENGINES,
} from "./engines.ts";
import { measureRate } from "./rate.ts";
import { rememberedRate } from "./kept_rates.ts";

export type { EngineChoice, EngineName, StartOptions };

/** The engine in use: tfjs' backend is set to it, with every kernel that training needs. */
export interface Engine extends StartedEngine {
  readonly name: EngineName;
  /** The engine and why it was chosen, in one line. */
  readonly reason: string;
}

function toEngine(name: EngineName, started: StartedEngine, why: string): Engine {
  const { version, detail } = started;
  return { ...started, name, reason: `${name} ${version} (${detail}), ${why}` };
}

/**
 * Starts an engine and makes it the one that tfjs computes with.
 *
 * `auto` starts the fastest that works: TensorFlow, whose library is fetched if it is missing, then
 * WebAssembly, then plain JavaScript. Where there is a GPU, WebGPU is measured against it once, and
 * taken if it is faster; the rates are kept in the cache. An adapter that the processor computes is
 * never taken.
 *
 * @throws {PairlabError} If the engine does not start; the message says what to do.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { startEngine } from "./engine.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const engine = await startEngine("wasm");
 * assertEquals(engine.name, "wasm");
 * assertEquals([...tf.square([1, 2, 3]).dataSync()], [1, 4, 9]);
 * engine.close();
 * ```
 */
export async function startEngine(
  choice: EngineChoice,
  options: StartOptions = {},
): Promise<Engine> {
  const { membership } = options;
  // Those that join cannot each choose another engine.
  if (choice === "auto" && membership !== undefined) {
    return await startEngine("tensorflow", options);
  }
  if (choice === "auto") return await startFastest(options);
  const kind = engineKind(choice);
  if (kind === undefined) {
    throw new PairlabError(
      `Cannot start the engine "${choice}": it does not exist. Use one of ${
        ENGINE_CHOICES.join(", ")
      }.`,
    );
  }
  if (membership !== undefined && !kind.joins) {
    throw new PairlabError(
      `Cannot train with ${membership.addresses.length} workers on the engine ${choice}: it averages nothing over processes. Use --backend=tensorflow, or leave out --workers`,
    );
  }
  try {
    return toEngine(choice, await kind.start(options), "as chosen");
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw new PairlabError(
      `Cannot start the engine ${choice}: ${
        messageOf(error)
      }. "deno task doctor" shows which engines work.`,
      { cause: error },
    );
  }
}

async function startFastest(options: StartOptions): Promise<Engine> {
  const usual = await startUsual(options);
  if (options.contend === false) return usual;
  for (const name of ENGINE_NAMES) {
    const kind: EngineKind = ENGINES[name];
    if (kind.contends === undefined) continue;
    const contender = {
      name,
      try: () => kind.contends!(options),
      start: async () => toEngine(name, await kind.start(options), ""),
    };
    const usualRate = () => {
      const key = `${usual.name} ${usual.version} (${usual.detail})`;
      return rememberedRate(key, measureRate, options.library?.cache);
    };
    return await race(usual, contender, usualRate);
  }
  return usual;
}

/** An engine that may take the place of the one in use. */
export interface Contender {
  readonly name: string;
  /** Measures it, in a process of its own; null if it may not contend. */
  try(): Promise<Trial | null>;
  start(): Promise<Engine>;
}

/**
 * The faster of the engine in use and a contender; the other one is closed or not started. Whatever is
 * wrong with the contender, the engine in use works.
 *
 * @param usualRate Measures the engine in use, GFLOP/s.
 */
export async function race(
  usual: Engine,
  contender: Contender,
  usualRate: () => Promise<number>,
): Promise<Engine> {
  const backend = tf.getBackend();
  try {
    const trial = await contender.try();
    if (trial === null) return usual;
    const rate = await usualRate();
    const figures = `${trial.rate.toPrecision(2)} GFLOP/s in a trial, ${usual.name} ${
      rate.toPrecision(2)
    }`;
    if (trial.rate <= rate) {
      return { ...usual, reason: `${usual.reason}; ${contender.name} is slower here (${figures})` };
    }
    const started = await contender.start();
    usual.close();
    return { ...started, reason: `${started.reason}the fastest engine (${figures})` };
  } catch {
    if (tf.getBackend() !== backend) await tf.setBackend(backend);
    return usual;
  }
}

/** Starts the first engine that works, of those that need not prove that they are fast. */
async function startUsual(options: StartOptions): Promise<Engine> {
  const failures: string[] = [];
  for (const name of ENGINE_NAMES) {
    if (engineKind(name)?.contends !== undefined) continue;
    try {
      const started = await ENGINES[name].start(options);
      const why = failures.length === 0 ? "the fastest engine" : `because ${failures.join(", ")}`;
      return toEngine(name, started, why);
    } catch (error) {
      const [line = ""] = messageOf(error).split("\n");
      // Another engine takes its place: the advice to use one is left out.
      const said = error instanceof EngineError ? `${error.why}. ${error.remedy}` : line;
      failures.push(`${name} does not start (${said})`);
    }
  }
  throw new PairlabError(
    `Cannot start any engine: ${failures.join("; ")}. "deno task doctor" shows what is missing.`,
  );
}
