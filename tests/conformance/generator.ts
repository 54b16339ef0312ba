/**
 * The suite for generators, your own included:
 *
 *     conformsAsGenerator("unet", unet({ filters: [4, 8, 8] }), { shapes: [taskOf(32)] });
 *
 * in a test file runs it.
 */
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { withShapesOnly } from "../../core/backends/shapes.ts";
import { checkNetworks } from "../../core/model/networks.ts";
import type { Generator } from "../../core/plugin.ts";
import { claimOfCompilation } from "./compiled_network.ts";
import {
  applyTo,
  assertFinite,
  drawInputs,
  modeOf,
  type NetworkNeeds,
  SHAPES,
  using,
} from "./network.ts";
import { claimsOfNetworks } from "./network_claims.ts";

/** Runs the suite for a generator. */
export function conformsAsGenerator(
  name: string,
  generator: Generator,
  needs: NetworkNeeds = {},
): void {
  const { shapes = SHAPES } = needs;
  const what = `${name} as a generator`;
  describe(what, () => {
    before(() => tf.setBackend("cpu"));

    for (const shape of shapes) {
      const { input, target } = shape;
      const described = `${input.width}x${input.height}, ${input.channels} to ${target.channels}`;
      it(`maps the input's shape to the target's (${described})`, () =>
        withShapesOnly(() => {
          checkNetworks({ generator: generator(shape, 23) }, shape);
        }));
    }

    it("makes a picture in -1…1 for each picture of a batch", () =>
      using(generator, shapes[0]!, (model) =>
        tf.tidy(() => {
          const [y, ...others] = applyTo(model, drawInputs(model, 2), modeOf());
          const { height, width, channels } = shapes[0]!.target;
          assertEquals(others.length, 0, "outputs besides the picture: a generator has one output");
          assertEquals(y!.shape, [2, height, width, channels], "the shape of a batch of 2");
          assertFinite("the picture", y!);
          assert(
            y!.dataSync().every((value) => Math.abs(value) <= 1),
            "values outside -1…1, the range of pictures: end with tanh",
          );
        })));

    claimsOfNetworks(generator, needs);
  });
  claimOfCompilation(what, generator, needs);
}
