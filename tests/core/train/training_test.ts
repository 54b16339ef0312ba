import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { PairlabError } from "../../../core/base/errors.ts";
import { type MetricsLine, readMetrics } from "../../../core/runs/metrics_log.ts";
import { listCheckpoints, loadNewestCheckpoint } from "../../../core/runs/checkpoints.ts";
import type { Callback, Loss, Rate } from "../../../core/plugin.ts";
import { randomStream } from "../../../core/random/stream.ts";
import { recordPath } from "../../../core/runs/run_folder.ts";
import { train } from "../../../core/train/train.ts";
import { createTraining } from "../../../core/train/training.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { plateau } from "../../../plugins/schedules/plateau.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { interruptAfter, newestHashes, openTiny } from "./outcome.ts";
import { recorder, tinyData, tinyShape, tinyWiring } from "./tiny.ts";

const fail = (line: string): never => {
  throw new Error(line);
};

const never = new AbortController().signal;

/** The lines of steps and epochs, which have losses. */
async function readLosses(
  folder: string,
): Promise<Extract<MetricsLine, { kind: "step" | "epoch" }>[]> {
  return (await readMetrics(folder)).filter((line) =>
    line.kind === "step" || line.kind === "epoch"
  );
}

describe("a training", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("names a loss that gives a picture in the place of a number", () =>
    inTemporaryFolder(async (folder) => {
      const picture: Loss = { generator: ({ fake }) => fake as unknown as tf.Scalar };
      const losses = { ...tinyWiring().losses, picture };
      const training = await openTiny(folder, { losses });
      await assertRejects(
        () => train(training, never),
        PairlabError,
        'Cannot use the loss "generator.picture": it returns a tensor of shape [1,32,32,3]',
      );
    }));

  it("tells callbacks of its beginning, each step, each epoch and its end, in this order", () =>
    inTemporaryFolder(async (folder) => {
      const callback = recorder();
      const training = await openTiny(folder, { callbacks: [callback], batch: 2 });
      assertEquals((await train(training, never)).end, "finished");
      assertEquals(callback.calls, [
        "begin",
        ..."step 1,step 2,epoch 1,step 3,step 4,epoch 2,end".split(","),
      ]);
    }));

  it("lowers the loss that it minimises", () =>
    inTemporaryFolder(async (folder) => {
      await train(await openTiny(folder, { epochs: 8 }), never);
      const epochs = (await readLosses(folder)).filter(({ kind }) => kind === "epoch");
      const l1 = epochs.map(({ losses }) => losses["generator.l1"] ?? NaN);
      assert(l1.at(-1)! < 0.8 * l1[0]!, `L1 went from ${l1[0]} to ${l1.at(-1)}`);
    }));

  it("writes a line for each step and each epoch, the epoch's the mean of its steps'", () =>
    inTemporaryFolder(async (folder) => {
      await train(await openTiny(folder), never);
      const lines = await readLosses(folder);
      assertEquals(
        lines.map(({ kind, step }) => `${kind} ${step}`).join(),
        [
          ..."step 1,step 2,step 3,step 4,epoch 4,step 5,step 6,step 7,step 8,epoch 8".split(","),
        ].join(),
      );
      const mean = lines.slice(0, 4).reduce((sum, { losses }) => sum + losses["generator"]!, 0) / 4;
      assertEquals(lines[4]?.losses["generator"], mean);
      const { losses } = lines[0]!;
      assert(
        Math.abs(losses["generator.gan"]! + losses["generator.l1"]! - losses["generator"]!) < 1e-4,
      );
    }));

  it("gives the same weights from the same seed, and others from another", () =>
    inTemporaryFolder(async (folder) => {
      const [a, b, c] = ["a", "b", "c"].map((name) => join(folder, name));
      for (const [path, seed] of [[a, 23], [b, 23], [c, 24]] as [string, number][]) {
        await Deno.mkdir(path);
        await train(await openTiny(path, { seed, epochs: 1 }), never);
      }
      assertEquals(await newestHashes(a!), await newestHashes(b!));
      assertNotEquals(await newestHashes(a!), await newestHashes(c!));
    }));

  it("gives the same weights whoever watches it, and whatever they predict or draw", () =>
    inTemporaryFolder(async (folder) => {
      const watcher: Callback = {
        name: "watcher",
        onStepEnd: async (run, { step }) => {
          await run.predict((await run.testPair(0)).input);
          randomStream(23, "watcher", step).uniform();
        },
      };
      for (const [name, callbacks] of [["alone", []], ["watched", [watcher]]] as const) {
        const path = join(folder, name);
        await Deno.mkdir(path);
        await train(await openTiny(path, { callbacks, epochs: 1 }), never);
      }
      assertEquals(
        await newestHashes(join(folder, "watched")),
        await newestHashes(join(folder, "alone")),
      );
    }));

  for (const step of [1, 3, 4, 6]) {
    it(`interrupted after step ${step} and resumed, ends with the bits of one that was not`, () =>
      inTemporaryFolder(async (folder) => {
        const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
        for (const path of [whole, broken]) await Deno.mkdir(path);
        await train(await openTiny(whole), never);

        const { callback, signal } = interruptAfter(step);
        const { end } = await train(await openTiny(broken, { callbacks: [callback] }), signal);
        assertEquals(end, "interrupted");
        const checkpoint = await loadNewestCheckpoint(join(broken, "checkpoints"), fail);
        assertEquals(checkpoint?.state.step, step);
        // Steps past the checkpoint, as a crash would leave them, are forgotten.
        await Deno.writeTextFile(
          join(broken, "metrics.jsonl"),
          `{"kind":"step","epoch":9,"step":${step + 1},"losses":{}}\n{"torn`,
          { append: true },
        );
        await train(await openTiny(broken, { checkpoint }), never);

        assertEquals(await newestHashes(broken), await newestHashes(whole));
        const timeless = async (path: string): Promise<unknown[]> =>
          (await readLosses(path)).map(({ kind, step, losses }) => ({ kind, step, losses }));
        assertEquals(await timeless(broken), await timeless(whole));
      }));
  }

  it("keeps the checkpoint of an epoch, and drops one within an epoch for a newer", () =>
    inTemporaryFolder(async (folder) => {
      const save: Callback = { name: "save", onStepEnd: (run) => run.save() };
      await train(await openTiny(folder, { callbacks: [save] }), never);
      const names = (await listCheckpoints(join(folder, "checkpoints"))).whole.map(({ folder }) =>
        folder.split(/[\\/]/).at(-1)
      );
      assertEquals(names, ["epoch-0002"]);
    }));

  it("saves once all callbacks were told, whatever their order, with every reason to keep it", () =>
    inTemporaryFolder(async (folder) => {
      let epochs = 0;
      const callbacks: Callback[] = [
        { name: "first", onEpochEnd: (run) => run.save({ keep: "always" }) },
        { name: "second", onEpochEnd: (run) => run.save({ keep: "best" }) },
        { name: "counter", state: () => epochs, onEpochEnd: () => void epochs++ },
      ];
      await train(await openTiny(folder, { callbacks, epochs: 1 }), never);
      const { whole: [checkpoint] } = await listCheckpoints(join(folder, "checkpoints"));
      assertEquals(checkpoint?.state.keep, ["always", "best"]);
      assertEquals(checkpoint?.state.callbacks, { "2 counter": 1 });
    }));

  it("saves what was asked for even if a callback fails thereafter", () =>
    inTemporaryFolder(async (folder) => {
      const callbacks: Callback[] = [
        { name: "save", onEpochEnd: (run) => run.save() },
        { name: "broken", onEpochEnd: () => fail("broken") },
      ];
      await assertRejects(async () => await train(await openTiny(folder, { callbacks }), never));
      assertEquals((await listCheckpoints(join(folder, "checkpoints"))).whole.length, 1);
    }));

  it("writes what is recorded into the log, and tells all callbacks of it", () =>
    inTemporaryFolder(async (folder) => {
      const told: unknown[] = [];
      const callbacks: Callback[] = [
        { name: "before", onRecord: (_, report) => void told.push(report) },
        {
          name: "recorder",
          onEpochEnd: (run, { epoch }) =>
            run.record({ score: epoch / 3 }, epoch === 2 ? "running" : undefined),
        },
      ];
      await train(await openTiny(folder, { callbacks, epochs: 2 }), never);
      assertEquals(told, [
        { epoch: 1, step: 4, values: { score: 1 / 3 } },
        { epoch: 2, step: 8, values: { score: 2 / 3 }, mode: "running" },
      ]);
      const lines = (await readMetrics(folder)).filter(({ kind }) => kind === "metrics");
      assertEquals(lines.map(({ kind: _, ...report }) => report), told);
    }));

  it("ends after the epoch in which a callback stops it, and stays so when it is resumed", () =>
    inTemporaryFolder(async (folder) => {
      const callback: Callback = {
        name: "stop",
        onStepEnd: (run, { step }) => {
          if (step === 1) run.stop("enough");
          if (step === 2) run.save();
          if (step === 3) fail("killed");
        },
      };
      await assertRejects(async () =>
        await train(await openTiny(folder, { callbacks: [callback], epochs: 9 }), never)
      );
      const checkpoint = await loadNewestCheckpoint(join(folder, "checkpoints"), fail);
      // Saved as the callback threw.
      assertEquals(checkpoint?.state.step, 3);
      const resumed = await openTiny(folder, { checkpoint, epochs: 9 });
      assertEquals((await train(resumed, never)).end, "stopped");
      assertEquals([resumed.stopped, resumed.run.done.epoch], ["enough", 1]);

      const again = await loadNewestCheckpoint(join(folder, "checkpoints"), fail);
      const ended = await openTiny(folder, { checkpoint: again, epochs: 9 });
      assertEquals([ended.ended, ended.stopped], [true, "enough"]);
    }));

  it("stops at a loss that is not a number, names it and the pictures, and tells callbacks", () =>
    inTemporaryFolder(async (folder) => {
      const callback = recorder();
      const nan = { generator: () => tf.mul(tf.scalar(NaN), tf.scalar(1)) as tf.Scalar };
      const losses = { ...tinyWiring().losses, broken: nan };
      const training = await openTiny(folder, { losses, callbacks: [callback] });
      const error = await assertRejects(
        () => train(training, never),
        PairlabError,
        '"generator.broken"',
      );
      assert(/pair\d/.test(error.message), error.message);
      assertEquals(callback.calls.at(-1), "error");
    }));

  it("leaves no tensor behind, whatever the number of steps", () =>
    inTemporaryFolder(async (folder) => {
      const counts: number[] = [];
      const count: Callback = {
        name: "count",
        onStepEnd: () => void counts.push(tf.memory().numTensors),
      };
      await train(await openTiny(folder, { callbacks: [count] }), never);
      assertEquals(new Set(counts).size, 1, `tensors after each step: ${counts}`);
    }));

  it("trains without a discriminator when no loss asks for one", () =>
    inTemporaryFolder(async (folder) => {
      const { discriminator: _, losses, ...others } = tinyWiring();
      await Deno.writeTextFile(recordPath(folder), "{}");
      const training = await createTraining({
        experiment: "l1",
        folder,
        wiring: { ...others, losses: { l1: losses["l1"]! } },
        shape: tinyShape,
        train: tinyData.train,
        test: tinyData.test,
        epochs: 1,
        batch: 1,
        seed: 23,
      });
      await train(training, never);
      const [line] = await readLosses(folder);
      assertEquals(Object.keys(line?.losses ?? {}).sort(), ["generator", "generator.l1"]);
    }));

  it("refuses a callback whose state is no JSON before its first step, and names it", () =>
    inTemporaryFolder(async (folder) => {
      const circle: Record<string, unknown> = {};
      circle["self"] = circle;
      for (const state of [circle, { count: 1n }]) {
        const callbacks = [{ name: "odd", state: () => state as never }];
        await assertRejects(
          () => openTiny(folder, { callbacks }),
          PairlabError,
          'Cannot save the state of the callback "odd"',
        );
      }
    }));

  it("saves without the state of a callback that becomes no JSON later", () =>
    inTemporaryFolder(async (folder) => {
      let count = 0;
      const odd: Callback = {
        name: "odd",
        state: () => (count > 1 ? BigInt(count) : count) as never,
        onStepEnd: () => void count++,
      };
      const even: Callback = { name: "even", state: () => "fine" };
      await train(await openTiny(folder, { callbacks: [odd, even], epochs: 1 }), never);
      const { whole: [newest] } = await listCheckpoints(join(folder, "checkpoints"));
      assertEquals(newest?.state.callbacks, { "1 even": "fine" });
      assertEquals(newest?.state.epoch, 1);
    }));

  it("logs the learning rates of each step", () =>
    inTemporaryFolder(async (folder) => {
      const optimizer = {
        generator: adam({ rate: ({ step }) => 1e-3 / (step + 1) }),
        discriminator: adam({ rate: 4e-4 }),
      };
      await train(await openTiny(folder, { optimizer, epochs: 1 }), never);
      const rates = (await readMetrics(folder)).flatMap((line) =>
        line.kind === "step" ? [line.rates] : []
      );
      const expected = [1, 2, 3, 4].map((n) => ({ generator: 1e-3 / n, discriminator: 4e-4 }));
      assertEquals(rates, expected);
    }));

  it("stops at a schedule that gives no rate, before the step", () =>
    inTemporaryFolder(async (folder) => {
      const rate = ({ step }: { step: number }): number => step < 2 ? 1e-3 : NaN;
      await assertRejects(
        async () => await train(await openTiny(folder, { optimizer: adam({ rate }) }), never),
        PairlabError,
        "Cannot train with a learning rate of NaN in step 3",
      );
    }));

  it("keeps state.json small over many epochs, and what a schedule watches all the same", () =>
    inTemporaryFolder(async (folder) => {
      const sizeOf = async (path: string, rate: Rate): Promise<number> => {
        const changes = { epochs: 6, optimizer: adam({ rate }) };
        await train(await openTiny(path, changes), never);
        const [newest] = (await listCheckpoints(join(path, "checkpoints"))).whole;
        assertEquals(
          newest?.state.history.map((epoch) => Object.keys(epoch)),
          typeof rate === "number" ? [] : Array(6).fill(["generator.l1"]),
        );
        return (await Deno.stat(join(newest!.folder, "state.json"))).size;
      };
      const plain = await sizeOf(join(folder, "plain"), 1e-3);
      const watching = plateau({ rate: 1e-3, metric: { name: "generator.l1", better: "lower" } });
      assert(await sizeOf(join(folder, "watching"), watching) < plain + 6 * 80);
    }));
});
