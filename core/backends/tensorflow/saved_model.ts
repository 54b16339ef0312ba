/** SavedModels, TensorFlow's own format of trained models, as tfjs-node runs them. */
import { cString, encodeCString, pointersTo } from "./c_strings.ts";
import { describeOutputs, holdTensor, resolveHandle } from "./eager.ts";
import type { ExecutedTensor, HeldTensor } from "./executor.ts";
import { encodeOutputs, type Output } from "./outputs.ts";
import type { Runtime } from "./runtime.ts";

interface SavedModel {
  readonly session: Deno.PointerValue;
  readonly graph: Deno.PointerValue;
}

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
    if (sources.length !== inputs.length) {
      throw new TypeError(
        `Cannot run SavedModel ${id} on ${inputs.length} tensors: "${inputNames}" names its inputs`,
      );
    }
    const values: Deno.PointerObject[] = [];
    const results = new BigUint64Array(targets.length);
    try {
      for (const input of inputs) {
        values.push(input.lend((handle) => resolveHandle(this.runtime, handle)));
      }
      const given = BigUint64Array.from(values, (value) => Deno.UnsafePointer.value(value));
      api.TF_SessionRun(
        session,
        null,
        encodeOutputs(sources),
        given,
        given.length,
        encodeOutputs(targets),
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

  #outputsOf(graph: Deno.PointerValue, names: string): Output[] {
    const list = names === "" ? [] : names.split(",");
    return list.map((name) => {
      const [path = "", index = "0"] = name.split(":");
      const operation = this.runtime.api.TF_GraphOperationByName(graph, cString(path));
      if (operation === null) {
        throw new TypeError(`Cannot run a SavedModel: it has no operation "${path}"`);
      }
      return { operation, index: Number(index) };
    });
  }
}
