/** Tensors in arrays and records. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, TensorContainer } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";

/** A container and its tensors. */
export interface TakenApart<C extends TensorContainer> {
  /** Its tensors, in order. */
  readonly tensors: readonly Tensor[];
  /** Equal for containers of the same structure, with tensors of the same types and shapes. */
  readonly signature: string;
  /** A container of the same structure with other tensors. */
  rebuild(tensors: readonly Tensor[]): C;
}

/**
 * Takes the tensors out of nested arrays and records, which may also contain booleans, strings,
 * `undefined` and `null`.
 *
 * @param purpose Completes "Cannot …" in the error, e.g. `call "step" with`.
 * @throws {PairlabError} For numbers and objects of other classes.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { takeApart } from "./containers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const { tensors, signature, rebuild } = takeApart({ x: [tf.ones([2, 3])], mean: true }, "take");
 * assertEquals(signature, '{"x":[["float32",2,3]],"mean":true}');
 * assertEquals(rebuild([tf.square(tensors[0]!)]).mean, true);
 * ```
 */
export function takeApart<C extends TensorContainer>(
  container: C,
  purpose: string,
): TakenApart<C> {
  const tensors: Tensor[] = [];
  const described = replaceTensors(container, purpose, (tensor) => {
    tensors.push(tensor);
    return [tensor.dtype, ...tensor.shape];
  });
  return {
    tensors,
    signature: JSON.stringify(described) ?? "",
    rebuild: (others) => {
      let next = 0;
      return replaceTensors(container, purpose, () => others[next++]) as C;
    },
  };
}

function replaceTensors(
  container: TensorContainer,
  purpose: string,
  replace: (tensor: Tensor) => unknown,
): unknown {
  const within = (element: TensorContainer): unknown => replaceTensors(element, purpose, replace);
  if (container instanceof tf.Tensor) return replace(container);
  if (Array.isArray(container)) return container.map(within);
  if (isRecord(container)) {
    return Object.fromEntries(
      Object.entries(container).map(([key, element]) => [key, within(element)]),
    );
  }
  if (container === null || CONSTANTS.has(typeof container)) return container;
  throw new PairlabError(
    typeof container === "number"
      ? `Cannot ${purpose} the number ${container}. Use tf.scalar(${container}).`
      : `Cannot ${purpose} a value of type ${
        kindOf(container)
      }. Use tensors, in arrays and records.`,
  );
}

/** Allowed beside tensors; numbers are not, because they change. */
const CONSTANTS: ReadonlySet<string> = new Set(["boolean", "string", "undefined"]);

function isRecord(value: unknown): value is Record<string, TensorContainer> {
  return typeof value === "object" && value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function kindOf(value: unknown): string {
  return typeof value === "object" && value !== null ? value.constructor.name : typeof value;
}
