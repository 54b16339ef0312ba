/** Values that stay in a place of their own, TensorFlow's resource variables. */
import { PairlabError } from "../../base/errors.ts";
import { typeAttribute } from "./attributes.ts";
import { AttributeType, describeTensor } from "./dtypes.ts";
import type { EagerTensor } from "./eager.ts";
import type { Executor, HeldTensor } from "./executor.ts";
import type { Values } from "./values.ts";

/** By this name TensorFlow makes a place that no other name leads to. */
const ANONYMOUS = "cd2c89b7-88b7-44c8-ad83-06c2a9158347";

/**
 * A tensor that keeps its values in a resource variable, which compiled functions can change.
 * Other users see the values of that moment.
 */
export class ResourceTensor implements HeldTensor {
  readonly dtype: number;
  readonly shape: readonly number[];
  /** The resource, as a function takes it. */
  readonly handle: EagerTensor;
  readonly #executor: Executor;
  #holders = 1;
  #writer: string | undefined;

  /** @param executor Runs operations at once. */
  constructor(executor: Executor, initial: HeldTensor) {
    this.#executor = executor;
    this.dtype = initial.dtype;
    this.shape = initial.shape;
    const type = typeAttribute("dtype", this.dtype);
    const attributes = [
      type,
      { name: "shape", type: AttributeType.shape, value: [...this.shape] },
      { name: "shared_name", type: AttributeType.string, value: ANONYMOUS },
    ];
    const [made] = executor.execute("VarHandleOp", attributes, [], 1);
    this.handle = made!.tensor as EagerTensor;
    executor.execute("AssignVariableOp", [type], [this.handle, initial], 0);
  }

  read(): Values {
    return this.#withValue((value) => value.read());
  }

  lend<T>(use: (handle: Deno.PointerObject) => T): T {
    return this.#withValue((value) => value.lend(use));
  }

  #withValue<T>(use: (value: HeldTensor) => T): T {
    if (this.#writer !== undefined) {
      throw new PairlabError(
        `Cannot use a variable ${describeTensor(this.dtype, this.shape)} while ` +
          `"${this.#writer}" changes it. Await that call first`,
      );
    }
    const type = typeAttribute("dtype", this.dtype);
    const [read] = this.#executor.execute("ReadVariableOp", [type], [this.handle], 1);
    const { tensor } = read!;
    try {
      return use(tensor);
    } finally {
      tensor.release();
    }
  }

  /**
   * Keeps the resource while a function uses it, whatever becomes of the tensor.
   *
   * @param writer The function's name, if it changes the value.
   * @returns What ends that.
   */
  hold(writer?: string): () => void {
    this.#holders++;
    this.#writer = writer;
    return () => {
      this.#writer = undefined;
      this.release();
    };
  }

  release(): void {
    if (--this.#holders > 0) return;
    this.#executor.execute("DestroyResourceOp", [], [this.handle], 0);
    this.handle.release();
  }
}
