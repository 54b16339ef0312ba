import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { TrainingRun } from "../../../core/plugin.ts";
import { checkpoint } from "../../../plugins/callbacks/checkpoint.ts";

describe("checkpoint", () => {
  it("asks at the end of an epoch for a checkpoint that stays", async () => {
    const asked: unknown[] = [];
    const run = { save: (options: unknown) => void asked.push(options) } as unknown as TrainingRun;
    await checkpoint().onEpochEnd?.(run, { epoch: 25, step: 25, losses: {}, seconds: 1 });
    assertEquals(asked, [{ keep: "always" }]);
  });
});
