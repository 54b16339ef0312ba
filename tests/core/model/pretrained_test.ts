import * as tf from "@tensorflow/tfjs";
import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { loadNetwork } from "../../../core/model/pretrained.ts";
import { smallNetwork } from "../../plugins/metrics/network.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

/** Saves a network as the converter does, its weights in two files. */
async function save(network: tf.LayersModel, folder: string): Promise<string> {
  const path = join(folder, "model.json");
  await network.save(tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
    const bytes = new Uint8Array(weightData as ArrayBuffer);
    await Deno.writeFile(join(folder, "group1-shard1of2.bin"), bytes.subarray(0, 1000));
    await Deno.writeFile(join(folder, "group1-shard2of2.bin"), bytes.subarray(1000));
    const paths = ["group1-shard1of2.bin", "group1-shard2of2.bin"];
    const weightsManifest = [{ paths, weights: weightSpecs }];
    const model = { format: "layers-model", modelTopology, weightsManifest };
    await Deno.writeTextFile(path, JSON.stringify(model));
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
  }));
  return path;
}

describe("a network from files", () => {
  before(() => tf.setBackend("cpu"));

  it("is the one that was saved, whatever files its weights are divided into", async () => {
    await inTemporaryFolder(async (folder) => {
      const network = smallNetwork();
      const loaded = await loadNetwork(await save(network, folder));
      const pictures = tf.randomUniform<tf.Rank.R4>([1, 64, 64, 3], -1, 1, "float32", 23);
      const [expected, found] = [network, loaded].map((one) => one.predict(pictures) as tf.Tensor);
      assertEquals(await found!.data(), await expected!.data());
    });
  });

  it("has no weights from other folders", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.mkdir(join(folder, "network"));
      const path = await save(smallNetwork(), join(folder, "network"));
      const shard = "group1-shard1of2.bin";
      await Deno.rename(join(folder, "network", shard), join(folder, shard));
      const model = (await Deno.readTextFile(path)).replace(shard, `../${shard}`);
      await Deno.writeTextFile(path, model);
      await assertRejects(
        () => loadNetwork(path),
        PairlabError,
        `model.json": "../${shard}" is not in its folder. Use`,
      );
    }));

  it("is refused by name where files are missing, short, or of another format", async () => {
    await inTemporaryFolder(async (folder) => {
      const path = await save(smallNetwork(), folder);
      const refused = (words: string) =>
        assertRejects(() => loadNetwork(path), PairlabError, words);
      await Deno.truncate(join(folder, "group1-shard2of2.bin"), 4);
      await refused(`Cannot load the network "${path}"`);
      await Deno.remove(join(folder, "group1-shard2of2.bin"));
      await refused("group1-shard2of2.bin");
      const graph = { format: "graph-model", modelTopology: {}, weightsManifest: [] };
      await Deno.writeTextFile(path, JSON.stringify(graph));
      await refused("it is a graph model, which has no layers");
      await Deno.writeTextFile(path, "{}");
      await refused("it holds no layers");
      await Deno.remove(path);
      await refused("the model.json of a TensorFlow.js layers model");
    });
  });
});
