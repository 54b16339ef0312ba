import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { type Networks, trainableVariables } from "../../../core/model/networks.ts";
import { loadNewestCheckpoint } from "../../../core/runs/checkpoints.ts";
import { PairlabError, type TaskShape } from "../../../core/plugin.ts";
import { recordPath } from "../../../core/runs/run_folder.ts";
import { createStep } from "../../../core/train/step.ts";
import { createTraining } from "../../../core/train/training.ts";
import { patchGan } from "../../../plugins/discriminators/patch_gan.ts";
import { identity } from "../../../plugins/generators/identity.ts";
import { gan } from "../../../plugins/losses/gan.ts";
import { l1 } from "../../../plugins/losses/l1.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { tinyData, tinyShape, tinyWiring } from "../../core/train/tiny.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

function task(width: number, channels: number = 3): TaskShape {
  const picture = { width, height: 16, channels: 3 };
  return { input: picture, target: { ...picture, width: 16, channels } };
}

function picture(seed: number): Tensor4D {
  return tf.randomUniform([1, 16, 16, 3], -1, 1, "float32", seed);
}

describe("identity", () => {
  before(() => tf.setBackend("cpu"));

  it("returns its input, as a tensor of its own", () => {
    const generator = identity()(task(16), 23);
    const x = picture(1);
    const y = generator.apply(x) as Tensor4D;
    assertEquals(y.dataSync(), x.dataSync());
    y.dispose();
    assertEquals(x.isDisposed, false);
  });

  for (const order of ["alternate", "simultaneous"] as const) {
    it(`takes part in a training, in which D alone is trained (${order})`, () => {
      const networks: Networks = {
        generator: identity()(task(16), 23),
        discriminator: patchGan({ receptiveField: 16, filters: 2 })(task(16), 23),
      };
      const variables = trainableVariables(networks.discriminator!);
      const before = variables.map((variable) => variable.dataSync().slice());
      const updates = { generator: adam().start([]), discriminator: adam().start(variables) };
      const losses = { gan: gan(), l1: l1({ weight: 1 }) };
      const step = createStep({ networks, losses, updates, order });
      const [input, target] = [picture(1), picture(2)];
      const rate = tf.scalar(1e-2);
      const { losses: report } = step({ input, target }, tf.scalar(1, "int32"), {
        generator: rate,
        discriminator: rate,
      });
      const distance = tf.mean(tf.abs(tf.sub(input, target))).dataSync()[0];
      assertEquals(report["generator.l1"]!.dataSync()[0], distance);
      variables.forEach((variable, index) =>
        assertEquals(variable.dataSync().some((value, i) => value !== before[index]![i]), true)
      );
    });
  }

  it("is saved and resumed as any generator is", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.writeTextFile(recordPath(folder), "{}");
      const parts = {
        experiment: "baseline",
        folder,
        wiring: tinyWiring({ generator: identity() }),
        shape: tinyShape,
        train: tinyData.train,
        test: tinyData.test,
        epochs: 1,
        batch: 1,
        seed: 23,
      };
      const first = await createTraining(parts);
      for await (const pairs of first.batches()) {
        await first.step(pairs);
        break;
      }
      await first.saveFinal();
      const checkpoint = await loadNewestCheckpoint(join(folder, "checkpoints"), (line) => {
        throw new Error(line);
      });
      const resumed = await createTraining({ ...parts, checkpoint });
      assertEquals(resumed.run.done, { epoch: 0, step: 1 });
    }));

  it("refuses pictures that differ in size or channels", () => {
    assertThrows(() => identity()(task(32), 23), PairlabError, "from 32x16 to 16x16");
    assertThrows(() => identity()(task(16, 1), 23), PairlabError, "from 3 channels to 1");
  });
});
