import { assert, assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { createHash } from "node:crypto";
import { listCheckpoints, loadNewestCheckpoint } from "../../core/checkpoint.ts";
import { readMetrics } from "../../core/metrics_log.ts";
import type { Callback, Wiring } from "../../core/plugin.ts";
import { recordPath } from "../../core/run_folder.ts";
import { train } from "../../core/train.ts";
import { createTraining, type TrainingParts } from "../../core/training.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";
import { skip, start } from "./backends/tensorflow/installed.ts";
import { tinyData, tinyShape, tinyWiring } from "./tiny.ts";

/** What a training leaves: losses, and a hash of each file of weights, statistics and moments. */
interface Outcome {
  readonly losses: readonly unknown[];
  readonly hashes: Readonly<Record<string, string>>;
}

const never = new AbortController().signal;

/** Trains for two epochs, or as far as the signal allows, from the newest checkpoint if any. */
async function trainIn(
  folder: string,
  changes: Partial<TrainingParts & Wiring>,
  signal: AbortSignal = never,
): Promise<Outcome> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(recordPath(folder), "{}");
  const checkpoints = join(folder, "checkpoints");
  const training = await createTraining({
    experiment: "tiny",
    folder,
    wiring: tinyWiring(changes),
    shape: tinyShape,
    train: tinyData.train,
    test: tinyData.test,
    epochs: 2,
    batch: 1,
    seed: 23,
    checkpoint: await loadNewestCheckpoint(checkpoints, () => {}),
    ...changes,
  });
  await train(training, signal);
  const { whole: [newest] } = await listCheckpoints(checkpoints);
  assert(newest !== undefined, "there is no checkpoint");
  const hashes: Record<string, string> = {};
  for (const network of ["generator", "discriminator", "optimizer"]) {
    const bytes = await Deno.readFile(join(newest.folder, `${network}.safetensors`));
    hashes[network] = createHash("sha256").update(bytes).digest("hex");
  }
  const lines = (await readMetrics(folder)).filter((line) => line.kind === "step");
  return { losses: lines.map(({ losses }) => losses), hashes };
}

describe("a compiled training", { skip }, () => {
  let engine: { close(): void };
  before(async () => {
    engine = await start();
  });
  after(() => engine.close());

  for (const order of ["alternate", "simultaneous"] as const) {
    // Four pairs make a batch of three and one of a single pair.
    for (const batch of [1, 3]) {
      it(`does to the bit what one does that is not (${order}, batches of ${batch})`, () =>
        inTemporaryFolder(async (folder) => {
          const [off, on] = [join(folder, "off"), join(folder, "on")];
          const expected = await trainIn(off, { order, batch, compile: "off" });
          assertEquals(await trainIn(on, { order, batch, compile: "on" }), expected);
        }));
    }
  }

  it("that was interrupted and resumed ends with the bits of one that was not", () =>
    inTemporaryFolder(async (folder) => {
      const whole = await trainIn(join(folder, "whole"), {});
      const broken = join(folder, "broken");
      const controller = new AbortController();
      const interrupt: Callback = {
        name: "interrupt",
        onStepEnd: (_, { step }) => {
          if (step === 3) controller.abort();
        },
      };
      const half = await trainIn(broken, { callbacks: [interrupt] }, controller.signal);
      assertEquals(half.losses, whole.losses.slice(0, 3));
      assertEquals(await trainIn(broken, {}), whole);
    }));

  it("lets callbacks predict with the weights of that moment, and see the same pictures", () =>
    inTemporaryFolder(async (folder) => {
      const predictions = async (compile: "off" | "on"): Promise<Uint8Array[]> => {
        const seen: Uint8Array[] = [];
        const watch: Callback = {
          name: "watch",
          onStepEnd: async (run) => {
            const { input } = await run.testPair(0);
            const { data } = await run.predict(input);
            seen.push(Uint8Array.from(data));
          },
        };
        await trainIn(join(folder, compile), { callbacks: [watch], epochs: 1, compile });
        return seen;
      };
      const expected = await predictions("off");
      assert(expected.length === 4 && expected[0]!.join() !== expected[3]!.join());
      assertEquals(await predictions("on"), expected);
    }));
});
