/** Runs a traced function. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Program } from "../compile.ts";
import { runFunction, type RunOptions } from "./function.ts";
import type { TensorflowBackend } from "./node_backend.ts";
import type { Runtime } from "./runtime.ts";
import type { TracedFunction } from "./trace.ts";
import { resourceOf } from "./variables.ts";

/** Runs a function on arguments, captures and the variables' present values. */
export class TensorflowProgram implements Program {
  constructor(
    private readonly runtime: Runtime,
    private readonly backend: TensorflowBackend,
    private readonly traced: TracedFunction,
    private readonly options: RunOptions,
  ) {
    // Until the engine is closed, as the function itself.
    for (const capture of traced.captures) backend.binding.hold(capture);
  }

  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    const { runtime, backend, traced, options } = this;
    const resources = traced.variables.map(({ variable, changed }) =>
      resourceOf(backend, variable, changed)
    );
    const given = [
      ...inputs.map((input) => backend.held(input)),
      ...traced.captures,
      ...resources.map(({ handle }) => handle),
    ];
    const releases = traced.variables.map(({ changed }, index) =>
      resources[index]!.hold(changed ? options.title : undefined)
    );
    try {
      const outputs = await runFunction(runtime, traced, given, options);
      return outputs.map((output) => backend.adopt(output));
    } finally {
      for (const release of releases) release();
    }
  }
}
