import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D, Variable } from "@tensorflow/tfjs";
import { startEngine } from "../../../core/backends/engine.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import type { NamedArray } from "../../../core/export/foreign_unet.ts";
import { importUnet, readUnet, writeImported } from "../../../core/export/import.ts";
import { fromNetG, toNetG } from "../../../core/export/pytorch.ts";
import { LAYERS_IN_MODE } from "../../../core/model/inference_modes.ts";
import { generate } from "../../../core/model/networks.ts";
import { loadGenerator } from "../../../core/predict/predictor.ts";
import { readSafetensors } from "../../../core/runs/safetensors.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { buildUnet } from "./generators.ts";

// Made by fixtures/make_netg.py with PyTorch: a U-Net of filters 4, 6, 8, random weights, its outputs.
const NETWORK = fileURLToPath(new URL("fixtures/netg.safetensors", import.meta.url));
const AS_SAVED = fileURLToPath(new URL("fixtures/netg.pth", import.meta.url));
const OUTPUTS = fileURLToPath(new URL("fixtures/netg_outputs.safetensors", import.meta.url));

const options = { build: buildUnet, size: 16 };

describe("a U-Net of pytorch-CycleGAN-and-pix2pix", () => {
  before(async () => void await startEngine("cpu"));

  for (const mode of ["deterministic", "running"] as const) {
    it(`gives PyTorch's pictures in the mode ${mode}`, async () => {
      const { model, unet: { filters } } = await importUnet(NETWORK, options);
      assertEquals(filters, [4, 6, 8]);
      const { tensors } = await readSafetensors(OUTPUTS);
      const of = (name: string): Tensor4D =>
        tf.tensor(tensors.get(name)!.values).reshape(tensors.get(name)!.shape) as Tensor4D;
      const how = { ...LAYERS_IN_MODE[mode], updateStatistics: false, step: tf.scalar(0, "int32") };
      const found = generate(model, of("input"), how).dataSync();
      const expected = of(mode).dataSync();
      const largest = Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)));
      assert(largest < 1e-5, `${largest}`);
    });
  }

  it("is read as torch.save writes it, too", async () => {
    const weights = async (path: string) => [...(await readUnet(path)).weights];
    assertEquals(await weights(AS_SAVED), await weights(NETWORK));
  });

  it("is written as a generator's file, which predict opens", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "generator.safetensors");
      const imported = await importUnet(NETWORK, options);
      await writeImported(path, imported);
      const { model, description } = await loadGenerator(path);
      assertEquals(description.shape.input, { height: 16, width: 16, channels: 3 });
      assertEquals(description.shape.target, { height: 16, width: 16, channels: 2 });
      const kernel = (of: tf.LayersModel) => (of.weights[0]!.read() as Variable).dataSync();
      assertEquals(kernel(model), kernel(imported.model));
    }));

  it("comes back the same from our names, number by number", async () => {
    const { tensors } = await readSafetensors(NETWORK);
    const theirs = new Map(
      [...tensors].filter(([, { dtype }]) => dtype === "float32").map((
        [name, { shape, values }],
      ): [string, NamedArray] => [name, { shape, values: values as Float32Array }]),
    );
    const back = toNetG(fromNetG(theirs).weights);
    for (const [name, { shape, values }] of theirs) {
      assertEquals([name, back.get(name)?.shape], [name, shape]);
      assertEquals(back.get(name)!.values, values);
    }
  });

  it("must halve the picture as often as its size allows", () =>
    assertRejects(
      () => importUnet(NETWORK, { ...options, size: 20 }),
      PairlabError,
      "Use a multiple of 8",
    ));
});

describe("weights of another network", () => {
  const one: NamedArray = { shape: [1], values: Float32Array.of(1) };

  it("are named when they are to be imported", () => {
    assertThrows(
      () => fromNetG(new Map([["fc.weight", one]])),
      PairlabError,
      "model.model.0.weight",
    );
  });

  it("are named when they are to be exported", () => {
    assertThrows(() => toNetG(new Map([["residual1/kernel", one]])), PairlabError, "no encoder");
  });
});
