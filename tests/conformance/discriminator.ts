/**
 * The suite for discriminators, your own included:
 *
 *     conformsAsDiscriminator("patchGan", patchGan({ filters: 4 }), { shapes: [taskOf(64)] });
 *
 * in a test file runs it.
 */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Scalar, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { withShapesOnly } from "../../core/backends/shapes.ts";
import { checkNetworks, discriminate, trainableVariables } from "../../core/model/networks.ts";
import type { Discriminator, Judgement, Mode, TaskShape } from "../../core/plugin.ts";
import { claimOfCompilation } from "./compiled_network.ts";
import {
  assertFinite,
  drawInputs,
  isZero,
  modeOf,
  type NetworkNeeds,
  SHAPES,
  using,
} from "./network.ts";
import { claimsOfNetworks } from "./network_claims.ts";

/** Runs the suite for a discriminator. */
export function conformsAsDiscriminator(
  name: string,
  discriminator: Discriminator,
  needs: NetworkNeeds = {},
): void {
  const { shapes = SHAPES } = needs;
  const shape = shapes[0]!;
  const what = `${name} as a discriminator`;
  describe(what, () => {
    before(() => tf.setBackend("cpu"));

    for (const each of shapes) {
      const { input, target } = each;
      const described = `${input.width}x${input.height}, ${input.channels} and ${target.channels}`;
      it(`takes the picture, alone or after the input (${described})`, () =>
        withShapesOnly(() => {
          const networks = {
            generator: anyGenerator(each),
            discriminator: discriminator(each, 23),
          };
          checkNetworks(networks, each);
        }));
    }

    it("gives logits of one channel, and features only beside them", () =>
      using(discriminator, shape, (model) =>
        tf.tidy(() => {
          const { logits, features } = judge(model, pictureOf(model, 2), modeOf());
          assert(
            logits.length > 0,
            'it has no logits: let one output be of a layer that is named "logits…"',
          );
          for (const output of [...logits, ...features]) {
            assertEquals(output.shape.length, 4, "axes: [batch, rows, columns, channels]");
            assertEquals(output.shape[0], 2, "an output for each picture of a batch of 2");
            assertFinite("an output", output);
          }
          for (const { shape } of logits) assertEquals(shape[3], 1, "channels of the logits: one");
        })));

    it("says by a gradient what is wrong with each picture of a batch", () =>
      using(discriminator, shape, (model) =>
        tf.tidy(() => {
          const total = (x: Tensor): Scalar => sumOf(judge(model, x as Tensor4D, modeOf()).logits);
          const gradient = tf.grad(total)(pictureOf(model, 2));
          assertFinite("the gradient", gradient);
          for (const [index, own] of tf.unstack(gradient).entries()) {
            assert(
              !isZero(own),
              `no gradient reaches picture ${index + 1} of 2: G could not learn from D`,
            );
          }
        })));

    it("is differentiable twice, for losses on its gradient", () =>
      using(discriminator, shape, (model) =>
        tf.tidy(() => {
          const picture = pictureOf(model, 1);
          const penalty = (): Scalar => {
            const total = (x: Tensor): Scalar =>
              sumOf(judge(model, x as Tensor4D, modeOf()).logits);
            return tf.sum(tf.square(tf.grad(total)(picture)));
          };
          const { grads } = tf.variableGrads(penalty, trainableVariables(model));
          const reached = Object.values(grads).filter((gradient) => !isZero(gradient));
          assert(
            reached.length > 0,
            "the gradient's own gradient reaches no weight: wasserstein() would not train it; a tf.customGrad is differentiated once only",
          );
          for (const gradient of reached) assertFinite("the second gradient", gradient);
        })));

    claimsOfNetworks(discriminator, needs);
  });
  claimOfCompilation(what, discriminator, needs);
}

function pictureOf(model: LayersModel, batch: number): Tensor4D {
  return drawInputs(model, batch).at(-1) as Tensor4D;
}

function judge(model: LayersModel, picture: Tensor4D, mode: Mode): Judgement {
  const [input] = drawInputs(model, picture.shape[0]);
  return discriminate(model, input as Tensor4D, picture, mode);
}

function sumOf(outputs: readonly Tensor[]): Scalar {
  return tf.addN(outputs.map((output) => tf.sum<Scalar>(output)));
}

/** Fits the shape, and does nothing else. */
function anyGenerator({ input, target }: TaskShape): LayersModel {
  const { height, width, channels } = input;
  const layer = tf.layers.conv2d({
    inputShape: [height, width, channels],
    filters: target.channels,
    kernelSize: 1,
  });
  return tf.sequential({ layers: [layer] });
}
