/** Variables of tfjs that keep their values in resources. */
import type { Variable } from "@tensorflow/tfjs";
import { PairlabError } from "../../base/errors.ts";
import type { TensorflowBackend } from "./node_backend.ts";
import { ResourceTensor } from "./resources.ts";

/** Moves a variable's value into a new resource; other tensors that shared it keep what they had. */
export function giveOwnResource(backend: TensorflowBackend, variable: Variable): ResourceTensor {
  const resource = new ResourceTensor(backend.binding.executor, backend.held(variable));
  const tensor = backend.adopt(resource);
  variable.assign(tensor);
  tensor.dispose();
  return resource;
}

/**
 * The resource that holds a variable's value, which is moved there first if necessary.
 *
 * @param exclusive Whether no other tensor may share it, because it will be changed.
 * @throws {PairlabError} If the variable was disposed.
 */
export function resourceOf(
  backend: TensorflowBackend,
  variable: Variable,
  exclusive: boolean,
): ResourceTensor {
  if (variable.isDisposed) {
    throw new PairlabError(
      `Cannot use the variable "${variable.name}" any more: it was disposed after the function ` +
        "that uses it was compiled",
    );
  }
  const held = backend.held(variable);
  const shared = backend.refCount(variable.dataId) > 1;
  return held instanceof ResourceTensor && !(exclusive && shared)
    ? held
    : giveOwnResource(backend, variable);
}
