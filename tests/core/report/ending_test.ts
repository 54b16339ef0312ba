import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { type CheckpointState, writeState } from "../../../core/runs/checkpoint_state.ts";
import { changesOf, endingOf } from "../../../core/report/ending.ts";
import { readRunRecord, type RunRecord } from "../../../core/runs/run_folder.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { writeFakeRun } from "./fake_run.ts";

/** A run of two epochs, unless `resumed` says more, and checkpoints of epochs stopped or not. */
async function inRun(
  checkpoints: Readonly<Record<number, string | null>>,
  check: (folder: string, record: RunRecord) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (parent) => {
    const folder = join(parent, "run");
    await writeFakeRun(folder);
    for (const [epoch, stopped] of Object.entries(checkpoints)) {
      const path = join(folder, "checkpoints", `epoch-000${epoch}`);
      await Deno.mkdir(path);
      const state: CheckpointState = {
        format: 1,
        epoch: Number(epoch),
        step: 2 * Number(epoch),
        stepInEpoch: 0,
        lossSums: {},
        lossSteps: {},
        secondsInEpoch: 0,
        history: [],
        callbacks: {},
        keep: [],
        stopped,
        files: {},
      };
      await writeState(path, state);
    }
    await check(folder, await readRunRecord(folder));
  });
}

/** The record, gone on with from a step. */
function goneOn(record: RunRecord, parameters: Readonly<Record<string, string>>): RunRecord {
  const { engine } = record;
  const going = { step: 3, time: "", engine, parameters, notFinite: "stop" as const };
  return { ...record, resumed: [...record.resumed ?? [], going] };
}

describe("the end of a run", () => {
  it("is that of its epochs, of which there may be more than at first", () =>
    inRun({ 2: null }, async (folder, record) => {
      assertEquals(await endingOf(folder, record, 1), null);
      assertEquals(await endingOf(folder, record, 2), "finished");
      assertEquals(await endingOf(folder, goneOn(record, { epochs: "3" }), 2), null);
    }));

  it("is what a callback said, unless the run went on since", () =>
    inRun({ 1: "enough" }, async (folder, record) => {
      assertEquals(await endingOf(folder, record, 1), { stopped: "enough" });
      assertEquals(await endingOf(folder, record, 2), "finished");
    }));

  it("is told by the newest checkpoint that can be read", () =>
    inRun({ 1: "enough", 2: "later" }, async (folder, record) => {
      assertEquals(await endingOf(folder, record, 2), { stopped: "later" });
      await Deno.writeTextFile(join(folder, "checkpoints", "epoch-0002", "state.json"), "{");
      assertEquals(await endingOf(folder, record, 1), { stopped: "enough" });
      await Deno.remove(join(folder, "checkpoints"), { recursive: true });
      assertEquals(await endingOf(folder, record, 1), null);
    }));
});

describe("what a run went on with otherwise", () => {
  it("is said by step, each change once", () =>
    inRun({}, (_, record) => {
      assertEquals(changesOf(record), []);
      const { engine, experiment: { module, source, sha256, imports } } = record;
      const longer = goneOn(goneOn(record, { epochs: "3" }), { epochs: "3" });
      const written = { module, source, sha256, imports, predictions: [] };
      const other = { ...longer.resumed![0]!, step: 5, engine: { ...engine, name: "wasm" } };
      const changed = {
        ...record,
        resumed: [...longer.resumed!, { ...other, experiment: written }],
      };
      assertEquals(changesOf(changed), [
        "from step 3 on: epochs 2, now 3",
        "from step 5 on: another text of its experiment; engine cpu, now wasm",
      ]);
      return Promise.resolve();
    }));
});
