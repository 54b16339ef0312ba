import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor4D } from "@tensorflow/tfjs";
import { startEngine } from "../../../core/backends/engine.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import type { NamedArray } from "../../../core/export/foreign_unet.ts";
import { readNetwork } from "../../../core/export/import.ts";
import { fromNetD } from "../../../core/export/pytorch_discriminator.ts";
import { discriminate } from "../../../core/model/networks.ts";
import { openOrigins } from "../../../core/runs/origin.ts";
import { readSafetensors } from "../../../core/runs/safetensors.ts";
import { describeTakenOver, takeOver } from "../../../core/train/take_over.ts";
import { patchGan } from "../../../plugins/discriminators/patch_gan.ts";
import { identity } from "../../../plugins/generators/identity.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

// Made by fixtures/make_netd.py with PyTorch: 4 channels at first, random weights, their logits.
const AS_SAVED = fixture("netd.pth"), PIXEL = fixture("netd_pixel.pth");
const OUTPUTS = fixture("netd_outputs.safetensors");
const GENERATOR = fixture("netg.pth");

/** A discriminator as an experiment builds it, of the pictures of the fixture. */
function build(receptiveField: number): LayersModel {
  const picture = { height: 32, width: 40 };
  const shape = { input: { ...picture, channels: 3 }, target: { ...picture, channels: 2 } };
  return patchGan({ receptiveField, filters: 4 })(shape, 99);
}

describe("a discriminator of pytorch-CycleGAN-and-pix2pix", () => {
  before(async () => void await startEngine("cpu"));

  // There, the pixel discriminator's logits have no bias; here they begin with one of 0.
  for (const [path, receptiveField, made] of [[AS_SAVED, 34, 0], [PIXEL, 1, 1]] as const) {
    for (const [mode, training] of [["batch", true], ["running", false]] as const) {
      it(`of ${receptiveField} pixels gives PyTorch's logits (${mode} statistics)`, async () => {
        const discriminator = build(receptiveField);
        const generator = identity()({
          input: { height: 32, width: 40, channels: 3 },
          target: { height: 32, width: 40, channels: 3 },
        }, 1);
        const origin = await openOrigins([path], readNetwork);
        const taken = takeOver({ generator, discriminator }, origin);
        const anew = taken.filter(({ what }) => what === "new").map(({ name }) => name);
        assertEquals(anew, made === 0 ? [] : ["logits_convolution/bias"]);
        assertEquals(taken.filter(({ what }) => what === "skipped"), []);

        const { tensors } = await readSafetensors(OUTPUTS);
        const of = (name: string): Tensor4D =>
          tf.tensor(tensors.get(name)!.values).reshape(tensors.get(name)!.shape) as Tensor4D;
        const how = { training, dropout: false, updateStatistics: false };
        const { logits } = discriminate(discriminator, of("input"), of("picture"), {
          ...how,
          step: tf.scalar(0, "int32"),
        });
        const expected = of(`${receptiveField === 1 ? "netd_pixel" : "netd"}_${mode}`);
        assertEquals(logits[0]!.shape, expected.shape);
        const largest = tf.max(tf.abs(tf.sub(logits[0]!, expected))).dataSync()[0]!;
        assert(largest < 1e-5, `${largest}`);
      });
    }
  }

  it("and its generator are named one by one, each once", async () => {
    const { generator, discriminator, files } = await openOrigins(
      [GENERATOR, AS_SAVED],
      readNetwork,
    );
    assert(generator!.has("down1_convolution/kernel"));
    assert(discriminator!.has("block1_convolution/kernel"));
    assertEquals(files.map(({ path }) => path), [GENERATOR, AS_SAVED]);
    await assertRejects(
      () => openOrigins([AS_SAVED, PIXEL], readNetwork),
      PairlabError,
      "weights of a discriminator were named before",
    );
  });

  it("says what is left over where the experiment's is another", async () => {
    const discriminator = build(16);
    const generator = identity()({
      input: { height: 32, width: 40, channels: 3 },
      target: { height: 32, width: 40, channels: 3 },
    }, 1);
    const origin = await openOrigins([AS_SAVED], readNetwork);
    const lines = describeTakenOver(takeOver({ generator, discriminator }, origin));
    assert(lines.some((line) => line.startsWith("  skipped discriminator/block3_convolution")));
    assert(lines.includes(
      "  new     discriminator/logits_convolution/kernel [4, 4, 8, 1], there [4, 4, 16, 1]",
    ));
  });
});

describe("weights of another network, instead of a discriminator", () => {
  const array = (...shape: number[]): NamedArray => ({
    shape,
    values: new Float32Array(shape.reduce((product, extent) => product * extent, 1)),
  });
  const refused = (given: Record<string, NamedArray>, found: string): void => {
    assertThrows(() => fromNetD(new Map(Object.entries(given))), PairlabError, found);
  };

  it("are named", () => {
    const first = { "model.0.weight": array(4, 6, 4, 4) };
    refused(first, "its last convolution makes 4 channels, not 1");
    refused({ ...first, "fc.weight": array(1) }, 'it has "fc.weight" besides');
    refused({ ...first, "model.1.scale": array(4) }, 'its layer 1 has a "scale" besides');
  });

  it("but below `module`, as several GPUs save them, they are the same", () => {
    const weights = fromNetD(new Map([["module.model.0.weight", array(1, 6, 4, 4)]]));
    assertEquals(weights.get("logits_convolution/kernel")!.shape, [4, 4, 6, 1]);
  });
});
