import { join } from "@std/path";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import h5 from "h5wasm";
import { PairlabError } from "../../../core/base/errors.ts";
import { readZip } from "../../../core/base/zip.ts";
import { readKeras } from "../../../core/model/keras_file.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

// Made by fixtures/make_keras.py with Keras 3 and with tf_keras (Keras 2): the same weights.
const fixture = (name: string): string =>
  fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const KERAS_3 = fixture("unet.keras"), KERAS_2 = fixture("unet_keras2.h5");

/** The weights within a .keras file, as save_weights() writes them. */
async function weightsOf(path: string): Promise<Uint8Array> {
  return [...(await readZip(path, (name) => name === "model.weights.h5")).values()][0]!;
}

describe("readKeras", () => {
  it("reads what Keras 3 and Keras 2 have written of one network as the same arrays", async () => {
    const three = await readKeras(KERAS_3), two = await readKeras(KERAS_2);
    const last = (name: string): string => name.split("/").slice(-2).join("/");
    const found = new Map([...three.tensors].map(([name, tensor]) => [last(name), tensor]));
    assertEquals(found.size, 53);
    for (const [name, { shape, values }] of two.tensors) {
      assertEquals([name, found.get(last(name))?.shape], [name, shape]);
      assertEquals(found.get(last(name))!.values, values);
    }
    assertEquals(two.tensors.size, 53);
  });

  it("keeps the order of each kind of layer, and puts the tenth block after the ninth", async () => {
    const { tensors } = await readKeras(KERAS_3);
    const names = [...tensors.keys()].filter((name) => name.endsWith("/kernel"));
    assertEquals(names.slice(0, 2), ["sequential/conv2d/kernel", "sequential_1/conv2d_1/kernel"]);
    assertEquals(names.slice(-2), [
      "sequential_10/conv2d_transpose_4/kernel",
      "conv2d_transpose_5/kernel",
    ]);
  });

  it("gives the numbers that NumPy drew", async () => {
    // numpy.random.default_rng(23).normal(0, 0.3, 2) are the first two.
    const { tensors } = await readKeras(KERAS_3);
    const { shape, values } = tensors.get("sequential/conv2d/kernel")!;
    assertEquals(shape, [4, 4, 3, 2]);
    assertEquals(
      [...values.slice(0, 2)],
      [0.16597817666662162, 0.06528018276584216].map(Math.fround),
    );
  });

  it("reads weights without a network, and has no configuration then", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "unet.weights.h5");
      await Deno.writeFile(path, await weightsOf(KERAS_3));
      const { tensors, config } = await readKeras(path);
      assertEquals(config, null);
      assertEquals([...tensors.keys()], [...(await readKeras(KERAS_3)).tensors.keys()]);
    }));

  const refusals: [what: string, words: string, bytes: () => Promise<Uint8Array>][] = [
    ["a picture", "it is no HDF5 file", () => Promise.resolve(Uint8Array.of(0xff, 0xd8, 0xff))],
    ["an empty file", "it is no HDF5 file", () => Promise.resolve(new Uint8Array())],
    [
      "a file that is cut off",
      "truncated file",
      async () => (await Deno.readFile(KERAS_2)).slice(0, 9000),
    ],
    [
      "an archive that is cut off",
      "End of central directory",
      async () => (await Deno.readFile(KERAS_3)).slice(0, 9000),
    ],
  ];
  for (const [what, words, bytes] of refusals) {
    it(`rejects ${what}, and names it`, () =>
      inTemporaryFolder(async (folder) => {
        const path = join(folder, "unet.keras");
        await Deno.writeFile(path, await bytes());
        const error = await assertRejects(() => readKeras(path), PairlabError, words);
        assertEquals(error.message.startsWith(`Cannot read the weights in "${path}"`), true);
      }));
  }

  it("rejects groups without end", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "cycle.h5");
      const { FS } = await h5.ready;
      const file = new h5.File("/cycle.h5", "w");
      file.create_group("layers");
      file.create_hard_link("/layers", "/layers/again");
      file.close();
      await Deno.writeFile(path, FS.readFile("/cycle.h5"));
      await assertRejects(() => readKeras(path), PairlabError, "more than 50 deep");
    }));

  it("rejects an archive of something else", () =>
    assertRejects(
      () => readKeras(fixture("archive.pth")),
      PairlabError,
      "without model.weights.h5",
    ));
});
