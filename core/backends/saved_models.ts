/** SavedModels at work, on the engine that runs them. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";

/** What tfjs-node's backend can do beyond others. */
interface SavedModelBackend {
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  runSavedModel(
    id: number,
    inputs: Tensor[],
    inputInfos: { readonly name: string }[],
    outputNames: string[],
  ): Tensor[];
}

/**
 * Loads a SavedModel with one input and one output, named `input` and `output`.
 *
 * @returns The model as a function, or null if the engine at work runs none.
 */
export async function savedModelRunner(
  folder: string,
): Promise<((input: Tensor4D) => Tensor4D) | null> {
  await tf.ready();
  const backend = tf.backend() as Partial<SavedModelBackend>;
  if (backend.loadSavedModelMetaGraph === undefined) return null;
  const { runSavedModel } = backend as SavedModelBackend;
  const id = backend.loadSavedModelMetaGraph(folder, "serve");
  return (input) => {
    const [output] = runSavedModel.call(backend, id, [input], [{ name: "input:0" }], ["output:0"]);
    return output as Tensor4D;
  };
}
