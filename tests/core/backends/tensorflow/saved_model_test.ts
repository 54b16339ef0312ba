import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { TensorflowBinding } from "../../../../core/backends/tensorflow/binding.ts";
import { DType } from "../../../../core/backends/tensorflow/dtypes.ts";
import { silenced } from "../../../../core/backends/tensorflow/silence.ts";
import { openLibrary } from "../../../../core/backends/tensorflow/symbols.ts";
import { type CountedRuntime, NOTHING, startCounted } from "./counted.ts";
import { libraryPath, skip } from "./installed.ts";

// Made by fixtures/make_saved_model.py: y = 2 x + [10, 20], and greet = "hello, " + name.
const FOLDER = fileURLToPath(new URL("fixtures/saved_model", import.meta.url));
const INPUTS = "serving_default_x:0,serving_default_name:0";
const OUTPUTS = "StatefulPartitionedCall:1,StatefulPartitionedCall:0";

describe("SavedModels", { skip }, () => {
  let runtime: CountedRuntime;
  let binding: TensorflowBinding;

  before(() => {
    runtime = startCounted(silenced(() => openLibrary(libraryPath)));
    binding = new TensorflowBinding(runtime);
  });
  after(() => {
    binding.close();
    assertEquals(runtime.alive(), NOTHING, "what is left when the binding is closed");
    runtime.close();
  });

  function inputs(): number[] {
    return [
      binding.createTensor([1, 2], DType.float32, Float32Array.of(1, 2)),
      binding.createTensor([], DType.string, [new TextEncoder().encode("you")]),
    ];
  }

  it("run, numbers and strings, after their variables are restored", () => {
    const id = binding.loadSavedModel(FOLDER, "serve");
    assertEquals(binding.getNumOfSavedModels(), 1);
    const [y, greet] = binding.runSavedModel(id, inputs(), INPUTS, OUTPUTS);
    assertEquals(y!.shape, [1, 2]);
    assertEquals(binding.tensorDataSync(y!.id), Float32Array.of(12, 24));
    const [text] = binding.tensorDataSync(greet!.id) as unknown as Uint8Array[];
    assertEquals(new TextDecoder().decode(text), "hello, you");
    binding.deleteSavedModel(id);
    assertEquals(binding.getNumOfSavedModels(), 0);
  });

  it("say what is wrong, and free what they had", () => {
    const alive = runtime.alive();
    const { message } = assertThrows(() => binding.loadSavedModel("no/such/folder", "serve"));
    assertStringIncludes(message, 'Cannot load the SavedModel "no/such/folder" (serve): ');
    assertThrows(() => binding.loadSavedModel(FOLDER, "train"), Error, "train");
    assertThrows(() => binding.deleteSavedModel(77), RangeError, "Cannot use SavedModel 77");
    const id = binding.loadSavedModel(FOLDER, "serve");
    const [x, name] = inputs() as [number, number];
    const run = (ids: number[], from: string, to: string): () => void => () =>
      binding.runSavedModel(id, ids, from, to);
    assertThrows(run([x], INPUTS, OUTPUTS), TypeError, "on 1 tensors");
    assertThrows(run([x, name], "nothing,serving_default_name", OUTPUTS), TypeError, '"nothing"');
    assertThrows(run([name, x], INPUTS, OUTPUTS), Error, "Cannot run SavedModel");
    binding.deleteTensor(x);
    binding.deleteTensor(name);
    binding.deleteSavedModel(id);
    assertEquals(runtime.alive(), alive);
  });
});
