import * as tf from "@tensorflow/tfjs";
import { fileURLToPath } from "node:url";
import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { featureExtractor, loadNetwork } from "../../../core/model/pretrained.ts";
import outputs from "./fixtures/network_outputs.json" with { type: "json" };

const fixture = (name: string): string =>
  fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

describe("a network that Keras has saved", () => {
  before(async () => {
    await tf.setBackend("cpu");
  });

  for (const [name, { both, classes }] of Object.entries(outputs)) {
    it(`computes what it does in Python (${name})`, async () => {
      const network = await loadNetwork(fixture(name));
      tf.tidy(() => {
        const picture = tf.div(tf.reshape(tf.range(0, 192), [1, 8, 8, 3]), 191);
        const found = (network.predict(picture) as tf.Tensor).dataSync();
        classes.forEach((value, index) => assertAlmostEquals(found[index]!, value, 1e-6));
        const [features] = featureExtractor(network, ["both"])(picture as tf.Tensor4D);
        assertAlmostEquals(tf.sum(features!).dataSync()[0]!, both, 1e-3);
      });
      network.dispose();
    });
  }

  it("is read whatever the case of its file's ending, and refused in one line", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "NETWORK.H5");
      const bytes = await Deno.readFile(fixture("network_keras2.h5"));
      await Deno.writeFile(path, bytes);
      (await loadNetwork(path)).dispose();
      // Another layer of as many letters.
      const known = "GlobalAveragePooling2D", unknown = "GlobalAveragePooling9D";
      const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      bytes.set(new TextEncoder().encode(unknown), text.indexOf(known));
      await Deno.writeFile(path, bytes);
      const { message } = await assertRejects(() => loadNetwork(path), PairlabError);
      assertEquals(
        message,
        `Cannot load the network "${path}": Unknown layer: ${unknown}. Use a whole network, of layers ` +
          "that TensorFlow.js has too.",
      );
    }));

  it("is refused where the file is missing, or holds networks within a network", async () => {
    await assertRejects(
      () => loadNetwork(fixture("missing.keras")),
      PairlabError,
      'missing.keras": No such file',
    );
    await assertRejects(
      () => loadNetwork(fixture("unet.keras")),
      PairlabError,
      'it has the network "sequential" within it, not only layers. Use a whole network',
    );
  });
});
