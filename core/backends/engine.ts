/**
 * Which engine computes: TensorFlow's kernels, WebAssembly or plain JavaScript.
 *
 * Each is imported only when it is started, so that nobody loads what he does not use.
 *
 * @module
 */
import { messageOf, PairlabError } from "../base/errors.ts";
import type { FetchProgress, FindOptions } from "./tensorflow/library.ts";

/** An engine by name. */
export type EngineName = "tensorflow" | "wasm" | "cpu";

/** What a person asks for; `auto` is the fastest engine that works. */
export type EngineChoice = "auto" | EngineName;

/** The engine at work: tfjs' backend is set to it, with every kernel that a training needs. */
export interface Engine {
  readonly name: EngineName;
  /** Of TensorFlow, or of tfjs' backend. */
  readonly version: string;
  /** One line for the person who watches: which engine this is, and why. */
  readonly reason: string;
  readonly threads: number;
  /** Frees it and all its tensors. */
  close(): void;
}

/** How {@link startEngine} goes about it. */
export interface StartOptions {
  /** Fetch TensorFlow's library where none is found. @default true */
  readonly fetch?: boolean | undefined;
  /** Threads that one operation may use. @default the number of cores */
  readonly threads?: number | undefined;
  /** Where TensorFlow's library is looked for. @default the environment, the cache, Python */
  readonly library?: FindOptions | undefined;
  /** Told how far the fetch is. @default a bar on a terminal, lines elsewhere */
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
}

/** An engine before it is known why it was chosen. */
interface Started {
  readonly version: string;
  /** What distinguishes it, e.g. "2 threads". */
  readonly detail: string;
  readonly threads: number;
  close(): void;
}

/** The engines, the fastest first. */
export const ENGINE_NAMES: readonly EngineName[] = ["tensorflow", "wasm", "cpu"];

const STARTS: Readonly<Record<EngineName, (options: StartOptions) => Promise<Started>>> = {
  tensorflow: startTensorflowEngine,
  wasm: startWasmEngine,
  cpu: startCpuEngine,
};

async function startTensorflowEngine(options: StartOptions): Promise<Started> {
  const library = await libraryPath(options);
  const { startTensorflow } = await import("./tensorflow/backend.ts");
  const engine = await startTensorflow({ library, threads: options.threads });
  const { version, threads } = engine;
  const detail = engine.usesGpu ? "GPU" : countThreads(threads);
  return { version, threads, detail, close: () => engine.close() };
}

async function libraryPath({ fetch = true, library, onProgress }: StartOptions): Promise<string> {
  const { findLibrary, ensureLibrary } = await import("./tensorflow/library.ts");
  const found = await findLibrary(library);
  if (found !== null) return found.path;
  if (!fetch) {
    throw new PairlabError(
      `Cannot start the engine tensorflow: its library is not here, "deno task setup" fetches it`,
    );
  }
  if (onProgress !== undefined) return (await ensureLibrary({ ...library, onProgress })).path;
  const { showFetch } = await import("./tensorflow/progress.ts");
  const display = showFetch();
  try {
    return (await ensureLibrary({ ...library, onProgress: display.onProgress })).path;
  } finally {
    display.stop();
  }
}

async function startWasmEngine({ threads: asked }: StartOptions): Promise<Started> {
  const { startWasm } = await import("./wasm/backend.ts");
  const { version, threads, lack, close } = await startWasm({ threads: asked });
  const why = lack === null ? "" : `, since others do not start here: ${lack}`;
  return { version, threads, detail: `SIMD, ${countThreads(threads)}${why}`, close };
}

function countThreads(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}

async function startCpuEngine(): Promise<Started> {
  const { startCpu } = await import("./cpu/backend.ts");
  return { ...await startCpu(), detail: "plain JavaScript" };
}

function toEngine(name: EngineName, started: Started, why: string): Engine {
  const { version, threads, detail, close } = started;
  return { name, version, threads, close, reason: `${name} ${version} (${detail})${why}` };
}

/**
 * Starts an engine and makes it the one that tfjs computes with.
 *
 * `auto` takes the fastest that works here: TensorFlow, whose library is fetched if need be, then
 * WebAssembly, then plain JavaScript.
 *
 * @throws {PairlabError} If the engine that was asked for does not work; the message says what
 * would.
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
  if (choice === "auto") return await startFastest(options);
  const start = STARTS[choice];
  if (start === undefined) {
    throw new PairlabError(
      `Cannot start the engine "${choice}": there is no such engine, one of auto, ${
        ENGINE_NAMES.join(", ")
      } would work`,
    );
  }
  try {
    return toEngine(choice, await start(options), ": as chosen");
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw new PairlabError(
      `Cannot start the engine ${choice}: ${
        messageOf(error)
      }, "deno task doctor" shows what works here`,
      { cause: error },
    );
  }
}

async function startFastest(options: StartOptions): Promise<Engine> {
  const failures: string[] = [];
  for (const name of ENGINE_NAMES) {
    try {
      const started = await STARTS[name](options);
      const why = failures.length === 0
        ? ": the fastest engine that works here"
        : `, because ${failures.join(", and ")}`;
      return toEngine(name, started, why);
    } catch (error) {
      failures.push(`${name} does not work here (${summary(messageOf(error))})`);
    }
  }
  throw new PairlabError(
    `Cannot start any engine: ${failures.join("; ")}; "deno task doctor" shows what is missing`,
  );
}

/** A message's first line without what another engine's failing makes superfluous. */
function summary(message: string): string {
  const [line = ""] = message.split("\n");
  return line
    .replace(/,? (?:and so would|or|and) --backend=wasm.*$/, "")
    .replace(/, --backend=wasm .*$/, "");
}
