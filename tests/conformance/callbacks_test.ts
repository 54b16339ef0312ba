import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  animate,
  best,
  checkpoint,
  csvLog,
  earlyStopping,
  evaluateEvery,
  every,
  health,
  mae,
  progress,
  psnr,
  samples,
  tensorboard,
} from "../../mod.ts";
import type { Callback } from "../../core/plugin.ts";
import { type CallbackNeeds, conformsAsCallback } from "./callback.ts";
import { exportedFrom } from "./exported.ts";

/** Everything exported, by its name. */
const CALLBACKS: Readonly<
  Record<string, readonly [make: () => Callback, needs?: CallbackNeeds]>
> = {
  animate: [() => animate({ side: 32 })],
  best: [() => best(psnr())],
  checkpoint: [() => checkpoint()],
  csvLog: [() => csvLog()],
  earlyStopping: [() => earlyStopping({ metric: psnr(), patience: 9 })],
  evaluateEvery: [() => evaluateEvery(2, { metrics: [psnr(), mae()] })],
  every: [() => every(2, checkpoint())],
  health: [() => health({ every: 2, pictures: 2 })],
  progress: [() => progress()],
  samples: [() => samples({ count: 1 })],
  tensorboard: [() => tensorboard({ pictures: 1 })],
};

describe("the suite for callbacks", () => {
  it("is run for everything exported", () => {
    assertEquals(Object.keys(CALLBACKS).sort(), exportedFrom("plugins/callbacks"));
  });
});

for (const [name, [make, needs]] of Object.entries(CALLBACKS)) {
  conformsAsCallback(name, make, needs);
}
conformsAsCallback(
  "earlyStopping, which stops",
  () => earlyStopping({ metric: psnr(), patience: 1 }),
  { records: { psnr: [24, 22, 20] } },
);
