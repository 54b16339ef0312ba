/** `compile` on TensorFlow: a function of tfjs becomes a function of TensorFlow. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Variable } from "@tensorflow/tfjs";
import { PairlabError } from "../../base/errors.ts";
import type { Compiler, Program } from "../compile.ts";
import type { HeldTensor } from "./executor.ts";
import type { TensorflowBackend } from "./node_backend.ts";
import { withoutRandom } from "./no_random.ts";
import { TensorflowProgram } from "./program.ts";
import type { Runtime } from "./runtime.ts";
import { Trace } from "./trace.ts";
import { giveOwnResource } from "./variables.ts";

/** Traces functions on a backend. */
export class TensorflowCompiler implements Compiler {
  constructor(private readonly runtime: Runtime, private readonly backend: TensorflowBackend) {}

  trace(
    fn: (inputs: readonly Tensor[]) => readonly Tensor[],
    examples: readonly Tensor[],
    { name, xla }: { readonly name: string; readonly xla: boolean },
  ): Program {
    const { runtime, backend } = this;
    const before = this.#valuesByVariable();
    const trace = new Trace(runtime, backend.binding.executor, name, before);
    try {
      const traced = this.#record(trace, before.keys(), () => {
        const inputs = examples.map((example) => trace.argument(backend.held(example)));
        const results = fn(inputs.map((input) => backend.adopt(input)));
        const after = new Map([...before.keys()].map((one) => [one, backend.held(one)]));
        const traced = trace.finish(results.map((result) => backend.held(result)), after);
        tf.dispose([...results]);
        return traced;
      });
      return new TensorflowProgram(runtime, backend, traced, { title: name, xla });
    } finally {
      trace.close();
    }
  }

  /**
   * Every variable and its value, which is no other tensor's, so that a variable is told by it. One
   * whose value was shared has its own from now on.
   */
  #valuesByVariable(): Map<Variable, HeldTensor> {
    const { backend } = this;
    const values = new Map<Variable, HeldTensor>();
    for (const variable of registeredVariables()) {
      // Another backend may have been closed, and its variables' values be gone with it.
      if (!backend.canHold(variable)) continue;
      const held = backend.held(variable);
      const isShared = backend.refCount(variable.dataId) > 1;
      values.set(variable, isShared ? giveOwnResource(backend, variable) : held);
    }
    return values;
  }

  /** Runs `body` with `trace` as the executor, then restores all variables. */
  #record<T>(trace: Trace, variables: Iterable<Variable>, body: () => T): T {
    const { binding } = this.backend;
    const eager = binding.executor;
    const values = [...variables].map((variable) => [variable, variable.clone()] as const);
    const known = new Set(registeredVariables());
    binding.executor = trace;
    try {
      let result: T | undefined;
      withoutRandom(trace.name, () =>
        tf.tidy(() => {
          result = body();
        }));
      refuseNewVariables(trace.name, known);
      return result as T;
    } finally {
      binding.executor = eager;
      for (const [variable, value] of values) {
        if (!variable.isDisposed) variable.assign(value);
        value.dispose();
      }
      for (const variable of registeredVariables()) if (!known.has(variable)) variable.dispose();
    }
  }
}

function registeredVariables(): Variable[] {
  return Object.values(tf.engine().registeredVariables);
}

function refuseNewVariables(name: string, known: ReadonlySet<Variable>): void {
  const made = registeredVariables().find((variable) => !known.has(variable));
  if (made === undefined) return;
  throw new PairlabError(
    `Cannot make the variable "${made.name}" in "${name}": a compiled function runs many times. ` +
      "Make the variable before (if an optimizer makes it in its first step, run that step without " +
      "compiling)",
  );
}
