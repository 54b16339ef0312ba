import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { constant, cosine, linearDecay, plateau, step, warmUp } from "../../mod.ts";
import type { Schedule } from "../../core/plugin.ts";
import { exportedFrom } from "./exported.ts";
import { conformsAsSchedule } from "./schedule.ts";

/** Everything exported, by its name. */
const SCHEDULES: Readonly<Record<string, () => Schedule>> = {
  constant: () => constant(2e-4),
  cosine: () => cosine(),
  linearDecay: () => linearDecay(),
  plateau: () => plateau({ patience: 1 }),
  step: () => step(),
  warmUp: () => warmUp(linearDecay({ after: 1 })),
};

describe("the suite for schedules", () => {
  it("is run for everything exported", () => {
    assertEquals(Object.keys(SCHEDULES).sort(), exportedFrom("plugins/schedules"));
  });
});

for (const [name, make] of Object.entries(SCHEDULES)) conformsAsSchedule(name, make);
