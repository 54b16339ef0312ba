/** A traced function at work. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Program } from "../compile.ts";
import { type FunctionOptions, runFunction } from "./function.ts";
import type { TensorflowBackend } from "./node_backend.ts";
import type { Runtime } from "./runtime.ts";
import type { Needs } from "./trace.ts";
import { resourceOf } from "./variables.ts";

/** Runs a function with what it needs besides its arguments. */
export class TensorflowProgram implements Program {
  constructor(
    private readonly runtime: Runtime,
    private readonly backend: TensorflowBackend,
    private readonly options: FunctionOptions,
    private readonly needs: Needs,
  ) {}

  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    const { runtime, backend, options, needs } = this;
    const resources = needs.variables.map(({ variable, changed }) =>
      resourceOf(backend, variable, changed)
    );
    const given = [
      ...inputs.map((input) => backend.held(input)),
      ...needs.captures,
      ...resources.map(({ handle }) => handle),
    ];
    const releases = resources.map((resource, index) =>
      resource.hold(needs.variables[index]!.changed ? options.title : undefined)
    );
    try {
      const outputs = await runFunction(runtime, options, given);
      return outputs.map((output) => backend.adopt(output));
    } finally {
      for (const release of releases) release();
    }
  }
}
