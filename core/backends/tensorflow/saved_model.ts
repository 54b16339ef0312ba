/** SavedModels, TensorFlow's own format of trained models, as tfjs-node runs them. */
import { cString, encodeCString, pointersTo } from "./c_strings.ts";
import { describeOutputs, EagerTensor, holdTensor } from "./eager.ts";
import type { ExecutedTensor, HeldTensor } from "./executor.ts";
import { present, type Runtime } from "./runtime.ts";

interface SavedModel {
  readonly session: Deno.PointerValue;
  readonly graph: Deno.PointerValue;
}

/** Bytes of a `TF_Output`: a pointer, an index, and padding. */
const OUTPUT_SIZE = 16;

/** The models that are loaded, by number. */
export class SavedModels {
  readonly #models = new Map<number, SavedModel>();
  #nextId = 0;

  constructor(private readonly runtime: Runtime) {}

  get count(): number {
    return this.#models.size;
  }

  /** Loads the part of a model that carries all of the tags, which are separated by commas. */
  load(folder: string, tags: string): number {
    const { api, status } = this.runtime;
    const options = api.TF_NewSessionOptions();
    const graph = api.TF_NewGraph();
    try {
      const names = tags.split(",").map(encodeCString);
      const session = api.TF_LoadSessionFromSavedModel(
        options,
        null,
        encodeCString(folder),
        pointersTo(names),
        names.length,
        graph,
        null,
        status.pointer,
      );
      status.check(() => `load the SavedModel "${folder}" (${tags})`);
      this.#models.set(this.#nextId, { session, graph });
      return this.#nextId++;
    } catch (error) {
      api.TF_DeleteGraph(graph);
      throw error;
    } finally {
      api.TF_DeleteSessionOptions(options);
    }
  }

  /** Runs a model; names are separated by commas and read `operation:output`. */
  run(
    id: number,
    inputs: readonly HeldTensor[],
    inputNames: string,
    outputNames: string,
  ): ExecutedTensor[] {
    const { api, status } = this.runtime;
    const { session, graph } = this.#find(id);
    const sources = this.#outputsOf(graph, inputNames);
    const targets = this.#outputsOf(graph, outputNames);
    if (sources.length !== inputs.length * OUTPUT_SIZE) {
      throw new TypeError(
        `Cannot run SavedModel ${id} on ${inputs.length} tensors: "${inputNames}" names its inputs`,
      );
    }
    const values: Deno.PointerObject[] = [];
    const results = new BigUint64Array(targets.length / OUTPUT_SIZE);
    try {
      for (const input of inputs) values.push(resolve(input));
      const given = BigUint64Array.from(values, (value) => Deno.UnsafePointer.value(value));
      api.TF_SessionRun(
        session,
        null,
        sources,
        given,
        given.length,
        targets,
        results,
        results.length,
        null,
        0,
        null,
        status.pointer,
      );
      status.check(() => `run SavedModel ${id} from "${inputNames}" to "${outputNames}"`);
      const tensors = Array.from(results, Deno.UnsafePointer.create);
      return describeOutputs(tensors.map((tensor) => holdTensor(this.runtime, tensor)));
    } finally {
      for (const value of values) api.TF_DeleteTensor(value);
      for (const result of results) {
        if (result !== 0n) api.TF_DeleteTensor(Deno.UnsafePointer.create(result));
      }
    }
  }

  delete(id: number): void {
    const { api, status } = this.runtime;
    const { session, graph } = this.#find(id);
    this.#models.delete(id);
    api.TF_DeleteSession(session, status.pointer);
    api.TF_DeleteGraph(graph);
    status.check(() => `close SavedModel ${id}`);
  }

  close(): void {
    for (const id of [...this.#models.keys()]) this.delete(id);
  }

  #find(id: number): SavedModel {
    const model = this.#models.get(id);
    if (model === undefined) throw new RangeError(`Cannot use SavedModel ${id}: it is not loaded`);
    return model;
  }

  #outputsOf(graph: Deno.PointerValue, names: string): Uint8Array<ArrayBuffer> {
    const list = names === "" ? [] : names.split(",");
    const view = new DataView(new ArrayBuffer(list.length * OUTPUT_SIZE));
    list.forEach((name, i) => {
      const [operation = "", index = "0"] = name.split(":");
      const found = this.runtime.api.TF_GraphOperationByName(graph, cString(operation));
      if (found === null) {
        throw new TypeError(`Cannot run a SavedModel: it has no operation "${operation}"`);
      }
      view.setBigUint64(i * OUTPUT_SIZE, Deno.UnsafePointer.value(found), true);
      view.setInt32(i * OUTPUT_SIZE + 8, Number(index), true);
    });
    return new Uint8Array(view.buffer);
  }
}

function resolve(tensor: HeldTensor): Deno.PointerObject {
  if (tensor instanceof EagerTensor) return present(tensor.resolve());
  throw new TypeError("Cannot run a SavedModel on a tensor that has no values yet");
}
