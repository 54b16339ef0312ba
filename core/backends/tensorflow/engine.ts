/** The engine `tensorflow`: TensorFlow's C library. */
import { EngineError } from "../engine_error.ts";
import { countThreads, type EngineKind, type StartOptions } from "../engine_kind.ts";

/** The engine `tensorflow`. */
export const tensorflow: EngineKind = {
  compiles: true,
  threadsChangeBits: true,
  joins: true,

  async start(options) {
    const library = await libraryPath(options);
    const { prepareGpu } = await import("./gpu.ts");
    const gpu = await prepareGpu(options.library?.cache);
    const { startTensorflow } = await import("./backend.ts");
    const { threads: asked, exact: wanted, membership } = options;
    const engine = await startTensorflow({ library, threads: asked, exact: wanted, membership });
    const { version, threads, exact, peers } = engine;
    const device = engine.usesGpu ? gpu?.card ?? "GPU" : undefined;
    const unused = device === undefined && gpu !== null ? `; ${gpu.whyNot}` : "";
    const detail = [
      `${device ?? countThreads(threads)}${unused}`,
      ...options.exact === true ? ["exact"] : [],
    ].join(", ");
    const close = (): void => engine.close();
    return {
      version,
      threads,
      exact,
      detail,
      ...device !== undefined && { device },
      ...peers && { peers },
      close,
    };
  },

  async diagnose({ library }) {
    const { findLibrary } = await import("./library.ts");
    const found = await findLibrary(library);
    if (found !== null) return { path: found.path };
    const { targetFor, thisSystem, unsupported } = await import("./target.ts");
    const system = library?.system ?? thisSystem();
    const target = targetFor(system);
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed()} MB`;
    const remedy = target === null
      ? unsupported(system).message
      : `"deno task setup" fetches it (${megabytes(target.packageSize)} to download, ${
        megabytes(target.filesSize)
      } on disk)`;
    return { missing: { found: "TensorFlow's library is missing", remedy } };
  },
};

async function libraryPath({ fetch = true, library, onProgress }: StartOptions): Promise<string> {
  const { findLibrary, ensureLibrary } = await import("./library.ts");
  const found = await findLibrary(library);
  if (found !== null) return found.path;
  if (!fetch) {
    throw new EngineError(
      "Cannot start the engine tensorflow: its library is missing",
      'Run "deno task setup" to fetch it',
    );
  }
  if (onProgress !== undefined) return (await ensureLibrary({ ...library, onProgress })).path;
  const { showFetch } = await import("./progress.ts");
  const display = showFetch();
  try {
    return (await ensureLibrary({ ...library, onProgress: display.onProgress })).path;
  } finally {
    display.stop();
  }
}
