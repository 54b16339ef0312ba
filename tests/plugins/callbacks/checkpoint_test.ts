import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { TrainingRun } from "../../../core/plugin.ts";
import { checkpoint } from "../../../plugins/callbacks/checkpoint.ts";

describe("checkpoint", () => {
  it("saves at the end of an epoch and says where", async () => {
    const said: string[] = [];
    const run = {
      save: () => Promise.resolve("runs/a/checkpoints/epoch-0025"),
      say: (line: string) => void said.push(line),
    } as unknown as TrainingRun;
    await checkpoint().onEpochEnd?.(run, { epoch: 25, step: 25, losses: {}, seconds: 1 });
    assertEquals(said, ["Checkpoint: runs/a/checkpoints/epoch-0025"]);
  });
});
