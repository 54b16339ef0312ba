import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { conformance, taskOf } from "../../../tests/conformance/mod.ts";
import { myGenerator } from "./generator.ts";

const narrow = myGenerator({ filters: 4 });

// It is built for all shapes, and computes for the first; it refuses what it cannot take.
conformance.generator("myGenerator", narrow, {
  shapes: [taskOf(16), taskOf(24, 16, 1), taskOf(256)],
  refused: [{ ...taskOf(16), target: taskOf(32).target }],
});

describe("myGenerator", () => {
  before(async () => {
    await tf.setBackend("cpu");
  });

  it("has as many parameters as its layers add up to", () => {
    const model = narrow(taskOf(16), 23);
    // 3x3 kernels and a bias for each channel: 3 to 4, 4 to 4, 4 to 3 channels.
    assertEquals(model.countParams(), (9 * 3 * 4 + 4) + (9 * 4 * 4 + 4) + (9 * 4 * 3 + 3));
    model.dispose();
  });
});
