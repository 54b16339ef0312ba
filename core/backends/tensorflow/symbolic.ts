/** Tensors of a graph. */
import { PairlabError } from "../../base/errors.ts";
import { describeTensor } from "./dtypes.ts";
import type { HeldTensor } from "./executor.ts";
import type { Output } from "./outputs.ts";

/** Tells one trace from another. */
export interface TraceIdentity {
  /** The function's name, for messages. */
  readonly name: string;
}

/** A tensor of a compiled function: a type and a shape, without values. */
export class SymbolicTensor implements HeldTensor {
  constructor(
    readonly trace: TraceIdentity,
    readonly output: Output,
    readonly dtype: number,
    readonly shape: readonly number[],
  ) {}

  read(): never {
    throw this.escaped();
  }

  lend(): never {
    throw this.escaped();
  }

  release(): void {}

  /** The error for its use outside of its trace. */
  escaped(): PairlabError {
    return new PairlabError(
      `Cannot use a tensor ${describeTensor(this.dtype, this.shape)} outside of ` +
        `"${this.trace.name}": it stands for a result of the compiled function. ` +
        "Return it from the function",
    );
  }
}
