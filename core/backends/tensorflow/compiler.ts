/** `compile` on TensorFlow: a function of tfjs becomes a function of TensorFlow. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Variable } from "@tensorflow/tfjs";
import { PairlabError } from "../../errors.ts";
import type { Compiler, Program } from "../compile.ts";
import { shareTensor } from "./eager.ts";
import type { HeldTensor } from "./executor.ts";
import type { TensorflowBackend } from "./node_backend.ts";
import { withoutRandom } from "./no_random.ts";
import { TensorflowProgram } from "./program.ts";
import type { Runtime } from "./runtime.ts";
import { type Needs, Trace } from "./trace.ts";
import { giveOwnResource } from "./variables.ts";

/** What a function is called, and how it is compiled. */
interface TraceOptions {
  readonly name: string;
  readonly xla: boolean;
}

/** How many functions were made: each has a name of its own. */
let count = 0;

/** Traces functions on a backend. */
export class TensorflowCompiler implements Compiler {
  constructor(private readonly runtime: Runtime, private readonly backend: TensorflowBackend) {}

  trace(
    fn: (inputs: Tensor[]) => Tensor[],
    examples: readonly Tensor[],
    { name, xla }: TraceOptions,
  ): Program {
    const { runtime, backend } = this;
    const { binding } = backend;
    const functionName = `pairlab_${count++}`;
    const variables = this.#variables();
    const trace = new Trace(runtime, binding.executor, name, variables);
    try {
      let outputs = 0;
      let needs: Needs | undefined;
      this.#record(trace, variables.keys(), () => {
        const inputs = examples.map((example) => trace.argument(backend.held(example)));
        const results = fn(inputs.map((input) => backend.adopt(input)));
        refuseNewVariables(name, variables);
        needs = trace.finish(
          functionName,
          results.map((result) => backend.held(result)),
          this.#valuesOf(variables.keys()),
        );
        outputs = results.length;
        tf.dispose(results);
      });
      const options = { name: functionName, title: name, outputs, xla };
      return new TensorflowProgram(runtime, backend, options, {
        ...needs!,
        // The caller may dispose them; the function goes on using them.
        captures: needs!.captures.map((capture) => this.#keep(shareTensor(runtime, capture))),
      });
    } finally {
      trace.close();
    }
  }

  /** Runs `body` with `trace` for an executor; the variables have their values back afterwards. */
  #record(trace: Trace, variables: Iterable<Variable>, body: () => void): void {
    const { binding } = this.backend;
    const eager = binding.executor;
    const values = [...variables].map((variable) => [variable, variable.clone()] as const);
    binding.executor = trace;
    try {
      withoutRandom(trace.name, () => tf.tidy(body));
    } finally {
      binding.executor = eager;
      for (const [variable, value] of values) {
        variable.assign(value);
        value.dispose();
      }
    }
  }

  /** Every variable, with a value that is no other tensor's: by it the trace knows the variable. */
  #variables(): Map<Variable, HeldTensor> {
    const variables = Object.values(tf.engine().registeredVariables);
    for (const variable of variables) {
      this.backend.held(variable);
      if (this.backend.refCount(variable.dataId) > 1) giveOwnResource(this.backend, variable);
    }
    return this.#valuesOf(variables);
  }

  #valuesOf(variables: Iterable<Variable>): Map<Variable, HeldTensor> {
    return new Map([...variables].map((variable) => [variable, this.backend.held(variable)]));
  }

  /** Until the engine is closed. */
  #keep(tensor: HeldTensor): HeldTensor {
    this.backend.binding.hold(tensor);
    return tensor;
  }
}

function refuseNewVariables(name: string, known: ReadonlyMap<Variable, unknown>): void {
  const made = Object.values(tf.engine().registeredVariables).filter((one) => !known.has(one));
  if (made.length === 0) return;
  for (const variable of made) variable.dispose();
  throw new PairlabError(
    `Cannot make the variable "${made[0]!.name}" in "${name}": a compiled function is run many ` +
      "times, a variable that is made before would work (or one call without compiling, if an " +
      "optimizer makes it in its first step)",
  );
}
