import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { basename, dirname, join } from "@std/path";
import { type CheckpointParts, listCheckpoints } from "../../../core/runs/checkpoint.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { openMetricsLog, readMetrics } from "../../../core/runs/metrics_log.ts";
import { buildNetworks, trainableVariables } from "../../../core/model/networks.ts";
import { recordPath } from "../../../core/runs/run_folder.ts";
import { createSaver } from "../../../core/train/saver.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { tinyShape, tinyWiring } from "./tiny.ts";

/** Parts to save, after some step. */
function partsAt(step: number, keep: readonly string[] = []): CheckpointParts {
  const networks = buildNetworks(tinyWiring(), tinyShape, 1);
  return {
    networks,
    updates: { generator: adam().start(trainableVariables(networks.generator)) },
    position: {
      epoch: 0,
      step,
      stepInEpoch: step,
      lossSums: {},
      lossSteps: {},
      history: [],
      secondsInEpoch: 0,
    },
    callbacks: {},
    keep,
    about: {},
    record: "{}",
  };
}

async function inRunFolder(body: (folder: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(recordPath(folder), "{}");
    await body(folder);
  });
}

/** The run folder of a checkpoint, which must be a rescue of `folder`. */
function rescueOf(folder: string, checkpoint: string): string {
  const rescued = dirname(dirname(checkpoint));
  assert(basename(rescued).startsWith(`pairlab-rescued-${basename(folder)}-`), rescued);
  return rescued;
}

/** A file system of one megabyte, where the test may mount one. */
async function withSmallDisk(body: (folder: string) => Promise<void>): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "pairlab-test-" });
  const mount = async (...args: string[]): Promise<boolean> => {
    try {
      const command = new Deno.Command(args[0]!, { args: args.slice(1), stderr: "null" });
      return (await command.output()).success;
    } catch {
      return false;
    }
  };
  const mounted = await mount("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
  try {
    if (mounted) await body(folder);
  } finally {
    if (mounted) await mount("umount", folder);
    await Deno.remove(folder, { recursive: true });
  }
  return mounted;
}

describe("saving", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("writes one checkpoint for one position, and notes new reasons to keep it", () =>
    inRunFolder(async (folder) => {
      const saver = createSaver(folder);
      const first = await saver.save(partsAt(3));
      for (const keep of [["always"], ["best"], ["best", "always"]]) {
        assertEquals((await saver.save(partsAt(3, keep)))?.folder, first?.folder);
      }
      const { whole } = await listCheckpoints(join(folder, "checkpoints"));
      assertEquals(whole.map(({ state }) => state.step), [3]);
      assertEquals(whole[0]?.state.keep, ["always", "best"]);
    }));

  it("goes on when the run folder is gone, and ends in a rescue folder that can be resumed", () =>
    inRunFolder(async (folder) => {
      const saver = createSaver(folder);
      await Deno.remove(recordPath(folder));
      assertEquals(await saver.save(partsAt(1)), null);
      const { folder: checkpoint, state } = await saver.saveForGood(partsAt(2));
      const rescued = rescueOf(folder, checkpoint);
      assertEquals(state.step, 2);
      assertEquals(await Deno.readTextFile(recordPath(rescued)), "{}");
      await Deno.remove(rescued, { recursive: true });
    }));

  it("rescues two runs of one name into folders of their own, lines that waited included", () =>
    inRunFolder(async (folder) => {
      const log = await openMetricsLog(folder, { epoch: 0, step: 0 });
      await log.metrics({ epoch: 0, step: 1, values: { psnr: 20 } });
      await Deno.remove(folder, { recursive: true });
      await log.metrics({ epoch: 0, step: 1, values: { psnr: 21 } });
      const rescued: string[] = [];
      for (const step of [2, 1]) {
        const saved = await createSaver(folder).saveForGood({ ...partsAt(step), log });
        const own = rescueOf(folder, saved.folder);
        const { whole } = await listCheckpoints(join(own, "checkpoints"));
        assertEquals(whole.map(({ state }) => state.step), [step]);
        assertEquals(
          (await readMetrics(own)).map((line) => line.kind === "metrics" && line.values),
          [
            { psnr: 21 },
          ],
        );
        rescued.push(own);
      }
      for (const own of rescued) await Deno.remove(own, { recursive: true });
      await Deno.mkdir(folder);
    }));

  it("leaves an earlier checkpoint and nothing half-written on a full disk", async () => {
    const mounted = await withSmallDisk(async (folder) => {
      await Deno.writeTextFile(recordPath(folder), "{}");
      const saver = createSaver(folder);
      assert(await saver.save(partsAt(1)) !== null, "the first save should fit");
      const filler = await Deno.open(join(folder, "filler"), { write: true, create: true });
      try {
        while (true) await filler.write(new Uint8Array(4096));
      } catch {
        filler.close();
      }
      assertEquals(await saver.save(partsAt(2)), null);
      const names = [...Deno.readDirSync(join(folder, "checkpoints"))].map(({ name }) => name);
      assertEquals(names, ["step-00000001"]);

      const { folder: rescued } = await saver.saveForGood(partsAt(2));
      await Deno.remove(rescueOf(folder, rescued), { recursive: true });

      // When there is room again, the next save succeeds.
      await Deno.remove(join(folder, "filler"));
      assertEquals((await saver.save(partsAt(3)))?.state.step, 3);
    });
    // deno-lint-ignore no-console
    if (!mounted) console.log("skipped: a small file system cannot be mounted here");
  });

  it("says that nothing can be written when nothing can", () =>
    inRunFolder(async (folder) => {
      await Deno.remove(recordPath(folder));
      const temporary = Deno.env.get("TMPDIR");
      Deno.env.set("TMPDIR", join(folder, "nowhere"));
      try {
        const { message } = await assertRejects(
          () => createSaver(folder).saveForGood(partsAt(1)),
          PairlabError,
          "Cannot save the training",
        );
        assert(message.includes("free space on either would work"), message);
      } finally {
        if (temporary === undefined) Deno.env.delete("TMPDIR");
        else Deno.env.set("TMPDIR", temporary);
      }
    }));
});
