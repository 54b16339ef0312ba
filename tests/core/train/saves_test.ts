import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { basename, join } from "@std/path";
import type { Checkpoint } from "../../../core/runs/checkpoint.ts";
import { listCheckpoints } from "../../../core/runs/checkpoints.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { openMetricsLog, readMetrics } from "../../../core/runs/metrics_log.ts";
import { buildNetworks, trainableVariables } from "../../../core/model/networks.ts";
import { recordPath } from "../../../core/runs/run_folder.ts";
import { START } from "../../../core/train/position.ts";
import { openSaves, type Saves } from "../../../core/train/saves.ts";
import type { TrainingState } from "../../../core/train/state.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { fillDisk, withSmallDisk } from "./small_disk.ts";
import { tinyShape, tinyWiring } from "./tiny.ts";

/** A tiny training in a run folder, to be saved after any step. */
interface Tiny extends Saves {
  readonly state: TrainingState;
  /** Saves after a step, if that is possible. */
  saveAt(step: number, keep?: readonly string[]): Promise<Checkpoint | null>;
  /** Saves after a step, wherever that is possible. @returns The run folder. */
  finalAt(step: number): Promise<string>;
}

async function openTinySaves(folder: string, changes: Partial<TrainingState> = {}): Promise<Tiny> {
  const networks = buildNetworks(tinyWiring(), tinyShape, 1);
  const state: TrainingState = {
    networks,
    updates: { generator: adam().start(trainableVariables(networks.generator)) },
    replay: undefined,
    callbacks: [],
    position: START,
    stopped: null,
    log: await openMetricsLog(folder, { epoch: 0, step: 0 }),
    ...changes,
  };
  const saves = await openSaves({ folder, shape: tinyShape, wiring: tinyWiring() }, state);
  const at = (step: number): void => {
    state.position = { ...START, step, stepInEpoch: step };
  };
  return {
    ...saves,
    state,
    saveAt: async (step, keep = []) => {
      at(step);
      saves.ask();
      for (const reason of keep) saves.ask({ keep: reason });
      return await saves.ifAsked();
    },
    finalAt: async (step) => {
      at(step);
      return await saves.final();
    },
  };
}

async function inRunFolder(body: (folder: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(recordPath(folder), "{}");
    await body(folder);
  });
}

/** Checks that a run folder is a rescue of `folder`. */
function rescueOf(folder: string, rescued: string): string {
  assert(basename(rescued).startsWith(`pairlab-rescued-${basename(folder)}-`), rescued);
  return rescued;
}

describe("saving", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("writes one checkpoint for one position, and notes new reasons to keep it", () =>
    inRunFolder(async (folder) => {
      const saves = await openTinySaves(folder);
      const first = await saves.saveAt(3);
      for (const keep of [["always"], ["best"], ["best", "always"]]) {
        assertEquals((await saves.saveAt(3, keep))?.folder, first?.folder);
      }
      const { whole } = await listCheckpoints(join(folder, "checkpoints"));
      assertEquals(whole.map(({ state }) => state.step), [3]);
      assertEquals(whole[0]?.state.keep, ["always", "best"]);
    }));

  it("goes on when the run folder is gone, and ends in a rescue folder that can be resumed", () =>
    inRunFolder(async (folder) => {
      const saves = await openTinySaves(folder);
      await Deno.remove(recordPath(folder));
      assertEquals(await saves.saveAt(1), null);
      const rescued = rescueOf(folder, await saves.finalAt(2));
      const { whole } = await listCheckpoints(join(rescued, "checkpoints"));
      assertEquals(whole.map(({ state }) => state.step), [2]);
      assertEquals(await Deno.readTextFile(recordPath(rescued)), "{}");
      await Deno.remove(rescued, { recursive: true });
    }));

  it("rescues two runs of one name into folders of their own, lines that waited included", () =>
    inRunFolder(async (folder) => {
      const log = await openMetricsLog(folder, { epoch: 0, step: 0 });
      await log.metrics({ epoch: 0, step: 1, values: { psnr: 20 } });
      const trainings = [2, 1].map((step) => [step, openTinySaves(folder, { log })] as const);
      for (const [, opening] of trainings) await opening;
      await Deno.remove(folder, { recursive: true });
      await log.metrics({ epoch: 0, step: 1, values: { psnr: 21 } });
      const rescued: string[] = [];
      for (const [step, saves] of trainings) {
        const own = rescueOf(folder, await (await saves).finalAt(step));
        const { whole } = await listCheckpoints(join(own, "checkpoints"));
        assertEquals(whole.map(({ state }) => state.step), [step]);
        assertEquals(
          (await readMetrics(own)).map((line) => line.kind === "metrics" && line.values),
          [{ psnr: 20 }, { psnr: 21 }],
        );
        rescued.push(own);
      }
      for (const own of rescued) await Deno.remove(own, { recursive: true });
      await Deno.mkdir(folder);
    }));

  it("leaves an earlier checkpoint and nothing half-written on a full disk", async () => {
    await withSmallDisk(async (folder) => {
      await Deno.writeTextFile(recordPath(folder), "{}");
      const saves = await openTinySaves(folder);
      assert(await saves.saveAt(1) !== null, "the first save should fit");
      const filler = await fillDisk(folder);
      assertEquals(await saves.saveAt(2), null);
      const names = [...Deno.readDirSync(join(folder, "checkpoints"))].map(({ name }) => name);
      assertEquals(names, ["step-00000001"]);

      await Deno.remove(rescueOf(folder, await saves.finalAt(2)), { recursive: true });

      // When there is room again, the next save succeeds.
      await Deno.remove(filler);
      assertEquals((await saves.saveAt(3))?.state.step, 3);
      saves.state.log.close();
    });
  });

  it("says that nothing can be written when nothing can", () =>
    inRunFolder(async (folder) => {
      const saves = await openTinySaves(folder);
      await Deno.remove(recordPath(folder));
      const temporary = Deno.env.get("TMPDIR");
      Deno.env.set("TMPDIR", join(folder, "nowhere"));
      try {
        const { message } = await assertRejects(
          () => saves.finalAt(1),
          PairlabError,
          "Cannot save the training",
        );
        assert(message.includes("Free space on either"), message);
      } finally {
        if (temporary === undefined) Deno.env.delete("TMPDIR");
        else Deno.env.set("TMPDIR", temporary);
      }
    }));
});
