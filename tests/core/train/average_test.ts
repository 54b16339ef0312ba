import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { startWasm } from "../../../core/backends/wasm/backend.ts";
import { listCheckpoints } from "../../../core/runs/checkpoints.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { findGenerator, generatorFile, type Weights } from "../../../core/runs/generator_file.ts";
import type { Callback, Picture } from "../../../core/plugin.ts";
import { loadPredictor } from "../../../core/predict/predictor.ts";
import { readSafetensors } from "../../../core/runs/safetensors.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { type Changes, trainIn } from "./outcome.ts";
import { tinyData } from "./tiny.ts";

type Values = ReadonlyMap<string, Float32Array>;

/** The weights of both generators after each step, by saving after each. */
async function weightsByStep(
  folder: string,
  changes: Changes,
): Promise<{ trained: Values[]; averaged: Values[] }> {
  const seen = { trained: [] as Values[], averaged: [] as Values[] };
  const watch: Callback = {
    name: "watch",
    onTrainBegin: (run) => run.save(),
    onStepEnd: async (run) => {
      await note();
      run.save();
    },
    onTrainEnd: () => note(),
  };
  const note = async (): Promise<void> => {
    const { whole: [checkpoint] } = await listCheckpoints(join(folder, "checkpoints"));
    for (const weights of ["trained", "averaged"] as const) {
      const { tensors } = await readSafetensors(generatorFile(checkpoint!, weights).path);
      seen[weights].push(
        new Map([...tensors].map(([name, { values }]) => [name, values as Float32Array])),
      );
    }
  };
  await trainIn(folder, { ...changes, callbacks: [watch], epochs: 1 });
  return seen;
}

describe("the average of G", () => {
  let engine: { close(): void };
  before(async () => {
    engine = await startWasm();
  });
  after(() => engine.close());

  it("follows G's weights from the initial ones, and has G's moving statistics", () =>
    inTemporaryFolder(async (folder) => {
      const { trained, averaged } = await weightsByStep(folder, { average: { decay: 0.25 } });
      assertEquals(trained.length, 5);
      assertEquals(averaged[0], trained[0], "it begins as the same network");
      // (1 + n) / (10 + n) until that is more than the decay.
      const decays = [1 / 10, 2 / 11, 3 / 12, 0.25];
      let moved = 0;
      for (const [name, initial] of trained[0]!) {
        if (/moving_(mean|variance)$/.test(name)) {
          assertEquals(averaged[4]!.get(name), trained[4]!.get(name), name);
          continue;
        }
        for (let i = 0; i < initial.length; i++) {
          let expected = initial[i]!;
          for (const [step, decay] of decays.entries()) {
            expected = decay * expected + (1 - decay) * trained[step + 1]!.get(name)![i]!;
            assertAlmostEquals(averaged[step + 1]!.get(name)![i]!, expected, 1e-6);
          }
          moved += Math.abs(expected - trained[4]!.get(name)![i]!);
        }
      }
      assert(moved > 0.1, `the average is the weights themselves (${moved})`);
    }));

  it("moves when G does, and counts G's updates", () =>
    inTemporaryFolder(async (folder) => {
      const changes = { average: { decay: 0.5 }, discriminatorSteps: 2 };
      const { trained, averaged } = await weightsByStep(folder, changes);
      const name = "down1_convolution/kernel";
      const [before, first, second, third, fourth] = averaged.map((weights) => weights.get(name)!);
      assertEquals(first, before);
      assertEquals(third, second);
      second!.forEach((value, i) =>
        assertAlmostEquals(value, 0.1 * before![i]! + 0.9 * trained[2]!.get(name)![i]!, 1e-6)
      );
      fourth!.forEach((value, i) =>
        assertAlmostEquals(
          value,
          2 / 11 * second![i]! + 9 / 11 * trained[4]!.get(name)![i]!,
          1e-6,
        )
      );
    }));

  it("predicts in the training and from its file, where G's own file predicts otherwise", () =>
    inTemporaryFolder(async (folder) => {
      const seen: Picture[] = [];
      const { input } = await tinyData.test.load(0);
      const watch: Callback = {
        name: "watch",
        onTrainEnd: async (run) => void seen.push(await run.predict(input)),
      };
      await trainIn(folder, { average: { decay: 0.9 }, callbacks: [watch] });
      const { whole: [checkpoint] } = await listCheckpoints(join(folder, "checkpoints"));
      const predictBy = async (weights?: Weights): Promise<Picture["data"]> => {
        const { path, identity } = generatorFile(checkpoint!, weights);
        return (await (await loadPredictor(path, { identity })).predict(input)).data;
      };
      assertEquals(await predictBy("averaged"), seen[0]!.data);
      assertEquals(await predictBy(), seen[0]!.data, "it is the default");
      assert((await predictBy("trained")).join() !== seen[0]!.data.join());
    }));

  it("is found in a run, in its checkpoint, or in a file that says nothing of it", () =>
    inTemporaryFolder(async (folder) => {
      await trainIn(folder, { average: { decay: 0.9 }, epochs: 1 });
      const checkpoint = join(folder, "checkpoints", "epoch-0001");
      const [averaged, trained] = ["generator_averaged.safetensors", "generator.safetensors"].map(
        (name) => join(checkpoint, name),
      ) as [string, string];
      const found = async (path: string, weights?: Weights): Promise<unknown[]> => {
        const file = await findGenerator(path, weights);
        return [file.path, file.weights];
      };
      assertEquals(await found(folder), [averaged, "averaged"]);
      assertEquals(await found(folder, "trained"), [trained, "trained"]);
      assertEquals(await found(checkpoint), [averaged, "averaged"]);
      assertEquals(await found(averaged), [averaged, null]);
      await assertRejects(
        () => findGenerator(trained, "averaged"),
        PairlabError,
        "it holds one generator. Name its run or checkpoint",
      );
    }));

  it("is missed where it is asked for and there is none", () =>
    inTemporaryFolder(async (folder) => {
      await trainIn(folder, { epochs: 1 });
      const { whole: [checkpoint] } = await listCheckpoints(join(folder, "checkpoints"));
      assertEquals(generatorFile(checkpoint!).weights, "trained");
      assertThrows(
        () => generatorFile(checkpoint!, "averaged"),
        PairlabError,
        "its run keeps none. Use --weights=trained",
      );
    }));
});
