import type { LayersModel } from "@tensorflow/tfjs";
import { assert } from "@std/assert";
import { namedVariables } from "../../core/model/networks.ts";
import { patchGan } from "../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../plugins/generators/unet.ts";
import { batchNorm } from "../../plugins/layers/batch_norm.ts";
import { describeOnEngines } from "./engines.ts";
import { assertWithin } from "./numbers.ts";
import { checkValues, it } from "./reading.ts";

/** Checks mean and standard deviation of each tensor, to five standard errors. */
function assertNormal(model: LayersModel, kind: string, mean: number, deviation: number): void {
  const variables = [...namedVariables(model)].filter(([name]) => name.endsWith(`/${kind}`));
  assert(variables.length > 0, `no ${kind} in ${model.name}`);
  for (const [name, variable] of variables) {
    checkValues(variable, (values) => {
      const count = values.length;
      const found = values.reduce((sum, value) => sum + value, 0) / count;
      const variance = values.reduce((sum, value) => sum + (value - found) ** 2, 0) / count;
      assertWithin(`mean of ${name}`, found, mean, 5 * deviation / Math.sqrt(count));
      assertWithin(
        `deviation of ${name}`,
        Math.sqrt(variance),
        deviation,
        5 * deviation / Math.sqrt(2 * count),
      );
    });
  }
}

function assertAll(model: LayersModel, kind: string, expected: number): void {
  for (const [name, variable] of namedVariables(model)) {
    if (!name.endsWith(`/${kind}`)) continue;
    checkValues(variable, (values) => {
      assert(values.every((value) => value === expected), `${name} is not ${expected}`);
    });
  }
}

const picture = { height: 32, width: 32, channels: 3 };
const shape = { input: picture, target: picture };

describeOnEngines("initial weights", () => {
  const networks: Record<string, () => LayersModel> = {
    G: () => unet({ filters: [64, 128, 256, 512] })(shape, 23),
    D: () => patchGan()(shape, 23),
  };
  for (const [name, build] of Object.entries(networks)) {
    it(`of ${name} are the paper's: N(0, 0.02), scales N(1, 0.02), and 0`, () => {
      const model = build();
      assertNormal(model, "kernel", 0, 0.02);
      assertNormal(model, "gamma", 1, 0.02);
      for (const kind of ["bias", "beta", "moving_mean"]) assertAll(model, kind, 0);
      assertAll(model, "moving_variance", 1);
      model.dispose();
    });
  }

  it("of the notebook's norm are 1", () => {
    const model = patchGan({ filters: 8, norm: batchNorm({ scaleDeviation: 0 }) })(shape, 23);
    assertAll(model, "gamma", 1);
    model.dispose();
  });
});
