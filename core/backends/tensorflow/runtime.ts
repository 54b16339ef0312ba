/** A loaded TensorFlow, with a context in which operations run. */
import type { Membership } from "../engine_kind.ts";
import { encodeCString } from "./c_strings.ts";
import { joinCluster, leaderConfig } from "./cluster.ts";
import { keepFreedMemory } from "./malloc.ts";
import { vectors } from "./processor.ts";
import { silenced } from "./silence.ts";
import { cStringAt, Status } from "./status.ts";
import { openLibrary, type TensorflowApi } from "./symbols.ts";

/** Options of {@link loadRuntime}. */
export interface RuntimeOptions {
  /**
   * Threads that one operation may use. TensorFlow makes its pool of threads once in a
   * process: later starts keep the first number.
   *
   * @default the number of cores
   */
  readonly threads?: number | undefined;
  /**
   * Use oneDNN's kernels on every x86 processor with vectors that they are made for, unless the
   * environment variable `TF_ENABLE_ONEDNN_OPTS` decides. Counts where the library is loaded first.
   *
   * @default false, TensorFlow's own choice: only on newer processors
   */
  readonly oneDnn?: boolean | undefined;
  /** Join other processes, whose tensors collective operations average. @default none */
  readonly membership?: Membership | undefined;
}

/** What every call into TensorFlow needs. */
export interface Runtime {
  readonly api: TensorflowApi;
  readonly status: Status;
  readonly context: Deno.PointerObject;
  /** e.g. "2.21.0". */
  readonly version: string;
  readonly threads: number;
  /** Where float tensors live, as a C string, if that is a GPU. */
  readonly gpu: Uint8Array<ArrayBuffer> | null;
  /** Frees the context; every tensor must be released before. */
  close(): void;
}

const ONE_DNN = "TF_ENABLE_ONEDNN_OPTS";

let threadsOfProcess: number | undefined;

/**
 * Loads the library at `path` and makes a context, without a line of log.
 *
 * @throws {PairlabError} If the library cannot be loaded.
 */
export function loadRuntime(path: string, options: RuntimeOptions = {}): Runtime {
  keepFreedMemory();
  if (options.oneDnn === true && vectors() !== "other" && !Deno.env.has(ONE_DNN)) {
    Deno.env.set(ONE_DNN, "1");
  }
  // What a lost process means is said in other words.
  const level = options.membership === undefined ? "2" : "3";
  return silenced(() => startRuntime(openLibrary(path), options), level);
}

/** Makes a context. */
export function startRuntime(api: TensorflowApi, options: RuntimeOptions = {}): Runtime {
  const threads = threadsOfProcess ?? options.threads ?? navigator.hardwareConcurrency;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(
      `Cannot compute with ${threads} threads. Use a whole number from 1`,
    );
  }
  const status = new Status(api);
  const { membership } = options;
  const leader = membership === undefined ? [] : leaderConfig();
  const config = Uint8Array.of(...configProto(threads), ...leader);
  const context = newContext(api, status, config);
  if (membership !== undefined) joinCluster({ api, status, context, config }, membership);
  threadsOfProcess = threads;
  return {
    api,
    status,
    context,
    version: cStringAt(api.TF_Version()),
    threads,
    gpu: findGpu(api, status, context),
    close: () => {
      api.TFE_DeleteContext(context);
      status.close();
    },
  };
}

function newContext(
  api: TensorflowApi,
  status: Status,
  config: Uint8Array<ArrayBuffer>,
): Deno.PointerObject {
  const options = api.TFE_NewContextOptions();
  try {
    api.TFE_ContextOptionsSetConfig(options, config, BigInt(config.length), status.pointer);
    status.check(() => `configure TensorFlow`);
    const context = api.TFE_NewContext(options, status.pointer);
    status.check(() => "start TensorFlow");
    return present(context);
  } finally {
    api.TFE_DeleteContextOptions(options);
  }
}

/**
 * TensorFlow's `ConfigProto` in protobuf's wire format: intra_op_parallelism_threads (field 2),
 * inter_op_parallelism_threads (5), and gpu_options (6) with allow_growth (4), so that a GPU's
 * memory is taken as it is needed instead of all at once.
 */
export function configProto(threads: number): Uint8Array<ArrayBuffer> {
  const count = varint(threads);
  return Uint8Array.of(2 << 3, ...count, 5 << 3, ...count, 6 << 3 | 2, 2, 4 << 3, 1);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push(value % 128 + 128);
  return [...bytes, value];
}

function findGpu(
  api: TensorflowApi,
  status: Status,
  context: Deno.PointerObject,
): Uint8Array<ArrayBuffer> | null {
  const devices = api.TFE_ContextListDevices(context, status.pointer);
  status.check(() => "list TensorFlow's devices");
  try {
    for (let i = 0; i < api.TF_DeviceListCount(devices); i++) {
      if (cStringAt(api.TF_DeviceListType(devices, i, status.pointer)) !== "GPU") continue;
      return encodeCString(cStringAt(api.TF_DeviceListName(devices, i, status.pointer)));
    }
    return null;
  } finally {
    api.TF_DeleteDeviceList(devices);
  }
}

/** A pointer that TensorFlow promises not to be null when the status is good. */
export function present(pointer: Deno.PointerValue): Deno.PointerObject {
  if (pointer === null) throw new Error("TensorFlow returned a null pointer");
  return pointer;
}
