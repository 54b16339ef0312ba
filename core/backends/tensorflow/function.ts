/** Running functions of TensorFlow. */
import { encodeCString } from "./c_strings.ts";
import { EagerTensor } from "./eager.ts";
import type { HeldTensor } from "./executor.ts";
import { present, type Runtime } from "./runtime.ts";
import { Status } from "./status.ts";

/** Options of {@link runFunction}. */
export interface RunOptions {
  /** What messages call the function. */
  readonly title: string;
  /** Whether XLA compiles it to machine code on the first call. */
  readonly xla: boolean;
}

/** The function that each runtime is running, as messages call it. */
const underWay = new Map<Runtime, string>();

/** The function that a runtime is running, if any. */
export function functionUnderWay(runtime: Runtime): string | undefined {
  return underWay.get(runtime);
}

/**
 * Runs a registered function on a thread of its own, so that this one stays free.
 *
 * @returns What the function returns, for the caller to release.
 */
export async function runFunction(
  runtime: Runtime,
  { name, outputs }: { readonly name: string; readonly outputs: number },
  inputs: readonly HeldTensor[],
  { title, xla }: RunOptions,
): Promise<EagerTensor[]> {
  const { api, context } = runtime;
  const describe = (): string => `run "${title}"`;
  // A separate status, since other operations may run and fail at the same time.
  const status = new Status(api);
  const op = api.TFE_NewOp(context, encodeCString(name), status.pointer);
  try {
    status.check(describe);
    for (const input of inputs) {
      input.lend((handle) => api.TFE_OpAddInput(op, handle, status.pointer));
      status.check(describe);
    }
    if (xla) api.TFE_OpSetAttrBool(op, encodeCString("_XlaMustCompile"), 1);
    // Over buffers of their own, which V8 does not move.
    const handles = new BigUint64Array(new ArrayBuffer(8 * outputs));
    const count = new Int32Array(new ArrayBuffer(4)).fill(outputs);
    underWay.set(runtime, title);
    await api.TFE_ExecuteAside(op, handles, count, status.pointer);
    status.check(describe);
    return Array.from(
      handles,
      (handle) => new EagerTensor(runtime, present(Deno.UnsafePointer.create(handle))),
    );
  } finally {
    underWay.delete(runtime);
    api.TFE_DeleteOp(op);
    status.close();
  }
}
