/** Running functions of TensorFlow. */
import { encodeCString } from "./c_strings.ts";
import { EagerTensor } from "./eager.ts";
import type { HeldTensor } from "./executor.ts";
import { present, type Runtime } from "./runtime.ts";
import { Status } from "./status.ts";

/** A function that TensorFlow knows. */
export interface FunctionOptions {
  /** By which TensorFlow knows it. */
  readonly name: string;
  /** For messages. */
  readonly title: string;
  /** How many tensors it returns. */
  readonly outputs: number;
  /** Whether XLA compiles it to machine code. */
  readonly xla: boolean;
}

/**
 * Runs a function on a thread of its own, so that this one stays free.
 *
 * @returns What it returns; whoever asks for it releases it.
 */
export async function runFunction(
  runtime: Runtime,
  { name, title, outputs, xla }: FunctionOptions,
  inputs: readonly HeldTensor[],
): Promise<EagerTensor[]> {
  const { api, context } = runtime;
  // Of its own, as other operations may run and fail meanwhile.
  const status = new Status(api);
  const describe = (): string => `run "${title}"`;
  const op = api.TFE_NewOp(context, encodeCString(name), status.pointer);
  try {
    status.check(describe);
    for (const input of inputs) {
      input.lend((handle) => api.TFE_OpAddInput(op, handle, status.pointer));
      status.check(describe);
    }
    if (xla) api.TFE_OpSetAttrBool(op, encodeCString("_XlaMustCompile"), 1);
    const handles = new BigUint64Array(new ArrayBuffer(8 * outputs));
    const count = new Int32Array(new ArrayBuffer(4)).fill(outputs);
    await api.TFE_ExecuteAside(op, handles, count, status.pointer);
    status.check(describe);
    return Array.from(
      handles,
      (handle) => new EagerTensor(runtime, present(Deno.UnsafePointer.create(handle))),
    );
  } finally {
    api.TFE_DeleteOp(op);
    status.close();
  }
}
