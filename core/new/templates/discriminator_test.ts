import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { receptiveField } from "../../../mod.ts";
import { conformance, taskOf } from "../../../tests/conformance/mod.ts";
import { myDiscriminator } from "./discriminator.ts";

const narrow = myDiscriminator({ filters: 4 });

// It is built for all shapes, and computes for the first; it refuses what it cannot take.
conformance.discriminator("myDiscriminator", narrow, {
  shapes: [taskOf(16), taskOf(24, 16, 1), taskOf(256)],
  refused: [{ ...taskOf(16), target: taskOf(32).target }],
});

describe("myDiscriminator", () => {
  before(async () => {
    await tf.setBackend("cpu");
  });

  it("judges patches of 10x10 pixels", () => {
    const model = narrow(taskOf(32), 23);
    // A logit sees 4 halved columns, two pixels apart, each of which sees 4: 4 + (4 - 1) * 2.
    assertEquals(receptiveField(model).width, 10);
    model.dispose();
  });
});
