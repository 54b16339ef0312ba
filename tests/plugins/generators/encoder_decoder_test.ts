import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor4D } from "@tensorflow/tfjs";
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { namedVariables } from "../../../core/model/networks.ts";
import { PairlabError, type TaskShape } from "../../../core/plugin.ts";
import { encoderDecoder } from "../../../plugins/generators/encoder_decoder.ts";
import { unet } from "../../../plugins/generators/unet.ts";

function task(width: number, height: number = width): TaskShape {
  const picture = { width, height, channels: 3 };
  return { input: picture, target: picture };
}

function build(): LayersModel {
  return encoderDecoder({ filters: [4, 8, 8] })(task(16), 23);
}

describe("encoderDecoder", () => {
  before(() => tf.setBackend("cpu"));

  it("is the U-Net without skips: the same layers, whose weights begin the same", () => {
    const shapes = (model: LayersModel): [string, number[]][] =>
      [...namedVariables(model)].map(([name, { shape }]) => [name, shape]);
    const withSkips = unet({ filters: [4, 8, 8] })(task(16), 23);
    const expected = shapes(withSkips).map(([name, shape]) => {
      // Those that a skip leads to are given half the channels.
      const skipped = /^(up2|output)_transposed_convolution\/kernel$/.test(name);
      return [name, skipped ? [...shape.slice(0, 3), shape[3]! / 2] : shape];
    });
    assertEquals(shapes(build()), expected as [string, number[]][]);
    const first = (model: LayersModel): number[] => [
      ...namedVariables(model).get("down2_convolution/kernel")!.dataSync(),
    ];
    assertEquals(first(build()), first(withSkips));
  });

  it("knows of the picture only what goes through the innermost features", () => {
    const model = build();
    const innermost = tf.model({
      inputs: model.inputs,
      outputs: model.getLayer("down3_convolution").output as tf.SymbolicTensor,
    });
    const kernel = namedVariables(model).get("down3_convolution/kernel")!;
    kernel.assign(tf.zerosLike(kernel));
    const y = (value: number): number[] => {
      const x = tf.fill([1, 16, 16, 3], value);
      assertEquals((innermost.predict(x) as Tensor4D).dataSync().every((y) => y === 0), true);
      return [...(model.predict(x) as Tensor4D).dataSync()];
    };
    assertEquals(y(1), y(-0.5));
    const skipping = unet({ filters: [4, 8, 8] })(task(16), 23);
    const seen = (value: number): number[] => [
      ...(skipping.predict(tf.fill([1, 16, 16, 3], value)) as Tensor4D).dataSync(),
    ];
    assertNotEquals(seen(1), seen(-0.5));
  });

  it("refuses a size that it cannot halve as often", () => {
    const refused = assertThrows(() => encoderDecoder({ filters: [4, 8] })(task(18), 23));
    assertEquals(refused instanceof PairlabError, true);
    assertEquals(
      refused.message,
      "Cannot build an encoder-decoder of 2 halvings (filters has 2 entries) for 18x18. Use 16x16 or 20x20 (multiples of 4), or 1 entry in filters.",
    );
  });
});
