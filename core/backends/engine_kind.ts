/** What an engine states about itself; see `engines.ts` for the table of them. */
import type { FetchProgress, FindOptions } from "./tensorflow/library.ts";

/** One of several processes that train together. */
export interface Membership {
  /** Where each of them listens, `host:port`, the first one's first. */
  readonly addresses: readonly string[];
  /** This one's place among them, 0 for the first. */
  readonly index: number;
}

/** The other processes that an engine has joined. */
export interface Peers {
  /**
   * Asks one whether it is there.
   *
   * @param index Its place.
   * @param limit How long to wait for an answer, ms.
   * @returns What is wrong; null if it answers.
   */
  check(index: number, limit: number): Promise<string | null>;
  /** Ends what waits for others, with an error that says why. */
  abort(why: string): void;
}

/** Options of `startEngine`. */
export interface StartOptions {
  /** Fetch TensorFlow's library if it is missing. @default true */
  readonly fetch?: boolean | undefined;
  /** `auto` measures a GPU against the usual engine. @default true */
  readonly contend?: boolean | undefined;
  /** Threads that one operation may use. @default the number of cores */
  readonly threads?: number | undefined;
  /**
   * Compute every convolution directly, in the bits of TensorFlow's own sums, and none by tiles.
   *
   * @default false
   */
  readonly exact?: boolean | undefined;
  /** Join other processes, so that `averageAcrossWorkers` averages over them. @default none */
  readonly membership?: Membership | undefined;
  /** Where to look for TensorFlow's library. @default the environment, the cache, Python */
  readonly library?: FindOptions | undefined;
  /** Called as the fetch progresses. @default a bar on a terminal, lines elsewhere */
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
}

/** A started engine. */
export interface StartedEngine {
  /** Version of TensorFlow or of tfjs' backend. */
  readonly version: string;
  /** What distinguishes it, e.g. "2 threads". */
  readonly detail: string;
  readonly threads: number;
  /** Whether every convolution is computed directly, and none by tiles. */
  readonly exact: boolean;
  /** What computes, if not the processor. */
  readonly device?: string;
  /** Those that it has joined. */
  readonly peers?: Peers;
  /** Frees the engine and all its tensors. */
  close(): void;
}

/** What can be said about an engine without starting it. */
export interface Diagnosis {
  /** What the engine lacks, and how to get it. */
  readonly missing?: { readonly found: string; readonly remedy: string };
  /** The file that it would load. */
  readonly path?: string;
  /** The devices that it could compute on, the preferred one first. */
  readonly devices?: readonly string[];
}

/** What the trial of an engine has found. */
export interface Trial {
  /** The best rate of a convolution and its gradients, GFLOP/s. */
  readonly rate: number;
}

/** An engine and its properties. Its file imports the engine's code only when it starts. */
export interface EngineKind {
  /** Whether it runs functions made by `compile` as one operation. */
  readonly compiles: boolean;
  /** Whether the number of threads changes the last bits of results. */
  readonly threadsChangeBits: boolean;
  /** Whether it can join other processes. */
  readonly joins: boolean;
  /** Starts it and sets tfjs' backend to it. */
  start(options: StartOptions): Promise<StartedEngine>;
  /**
   * How fast it is here, for `auto` to take it in place of a slower usual engine, or null if it may
   * not; an engine without this is a usual one.
   */
  contends?(options: StartOptions): Promise<Trial | null>;
  /** Looks for what it needs; fetches and starts nothing. */
  diagnose?(options: StartOptions): Promise<Diagnosis>;
}

/** "1 thread", "2 threads". */
export function countThreads(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}
