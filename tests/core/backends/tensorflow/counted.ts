/** A runtime whose calls are counted, so that a test can hold what is made against what is freed. */
import { type Runtime, startRuntime } from "../../../../core/backends/tensorflow/runtime.ts";
import type { TensorflowApi } from "../../../../core/backends/tensorflow/symbols.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** A runtime that counts. */
export interface CountedRuntime extends Runtime {
  /** What is alive, by kind; everything that was made and not freed. */
  alive(): {
    tensors: number;
    handles: number;
    ops: number;
    sessions: number;
    graphs: number;
    functions: number;
    statuses: number;
  };
}

/** What is alive when everything is freed. */
export const NOTHING: ReturnType<CountedRuntime["alive"]> = {
  tensors: 0,
  handles: 0,
  ops: 0,
  sessions: 0,
  graphs: 0,
  functions: 0,
  statuses: 0,
};

/** Starts a runtime over `api` with every call counted. */
export function startCounted(api: TensorflowApi): CountedRuntime {
  const calls = new Map<string, number>();
  let outputs = 0;
  let modelOutputs = 0;
  const count = (name: string): number => calls.get(name) ?? 0;
  const counted = Object.fromEntries(
    Object.entries(api as unknown as Record<string, AnyFunction>).map(([name, call]) => [
      name,
      (...args: unknown[]): unknown => {
        const result = call(...args);
        // What failed has made nothing, and gives null.
        if (result !== null) calls.set(name, count(name) + 1);
        if (name === "TFE_ExecuteAside") {
          return (result as Promise<void>).then(() => {
            if (api.TF_GetCode(args[3] as Deno.PointerValue) === 0) {
              outputs += (args[2] as Int32Array)[0]!;
            }
          });
        }
        if (name === "TFE_Execute" && api.TF_GetCode(args[3] as Deno.PointerValue) === 0) {
          outputs += (args[2] as Int32Array)[0]!;
        }
        if (name === "TF_SessionRun" && api.TF_GetCode(args[11] as Deno.PointerValue) === 0) {
          modelOutputs += args[7] as number;
        }
        return result;
      },
    ]),
  ) as unknown as TensorflowApi;
  return {
    ...startRuntime(counted),
    alive: () => ({
      tensors: count("TF_AllocateTensor") + count("TFE_TensorHandleResolve") + modelOutputs -
        count("TF_DeleteTensor"),
      handles: count("TFE_NewTensorHandle") + count("TFE_TensorHandleCopyToDevice") +
        count("TFE_TensorHandleCopySharingTensor") + outputs - count("TFE_DeleteTensorHandle"),
      ops: count("TFE_NewOp") - count("TFE_DeleteOp"),
      sessions: count("TF_LoadSessionFromSavedModel") + count("TF_NewSessionOptions") -
        count("TF_DeleteSession") - count("TF_DeleteSessionOptions"),
      graphs: count("TF_NewGraph") - count("TF_DeleteGraph"),
      functions: count("TF_GraphToFunctionWithControlOutputs") - count("TF_DeleteFunction"),
      // The runtime's own does not count.
      statuses: count("TF_NewStatus") - count("TF_DeleteStatus") - 1,
    }),
  };
}
