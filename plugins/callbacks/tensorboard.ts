import { join } from "@std/path";
import {
  type Callback,
  encodePicture,
  type InferenceMode,
  type Pair,
  type Picture,
  type TrainingRun,
} from "../../core/plugin.ts";
import * as events from "./tensorboard/event.ts";
import { type EventFile, openEventFile } from "./tensorboard/event_file.ts";

/** Options of {@link tensorboard}. */
export interface TensorboardOptions {
  /** Number of test pictures, from the start of the split. @default 3 */
  readonly pictures?: number;
  /** Inference mode. @default "paper" */
  readonly mode?: InferenceMode;
}

/**
 * Writes TensorBoard events into `tensorboard/` of the run folder: losses of each step (`step/…`) and
 * their means per epoch (`epoch/…`), values that callbacks record (`metrics/…`), predictions of the
 * first test pictures with inputs and targets, the experiment's name and parameters as
 * hyper-parameters, and commit, data and engine as a text. `tensorboard --logdir runs` shows all runs,
 * and the tab HParams a row for each run of a sweep.
 *
 * A resumed run continues in a new file, which tells TensorBoard to discard the steps that are
 * trained again.
 *
 * @throws {RangeError} If `pictures` is not a whole number from 0.
 *
 * @example
 * ```ts
 * import { tensorboard } from "./tensorboard.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(tensorboard({ pictures: 1 }).name, "tensorboard");
 * ```
 */
export function tensorboard(
  { pictures = 3, mode = "paper" }: TensorboardOptions = {},
): Callback {
  if (!Number.isInteger(pictures) || pictures < 0) {
    throw new RangeError(`Cannot show ${pictures} pictures. Use a whole number from 0.`);
  }
  let file: EventFile | undefined;
  let last = 0;
  return {
    name: "tensorboard",
    mode,
    async onTrainBegin(run) {
      const warn = (line: string): void => run.say(line);
      file = await openEventFile(join(run.folder, "tensorboard"), { now: seconds(), warn });
      last = run.done.step;
      if (file.continues) {
        await file.write(events.sessionStart({ time: seconds(), step: last + 1 }));
        return;
      }
      const begin = { time: seconds(), step: 0 };
      const record = await readRecord(run);
      await file.write(
        // Variants of a sweep may differ in their parts alone: their names tell them apart.
        events.hyperParameters(begin, { experiment: run.experiment, ...record.parameters }),
        events.text(begin, "run", describeRun(run, record)),
      );
      for (const { name, input, target } of await testPairs(run, pictures)) {
        await file.write(
          ...await pictureEvents(begin, `input/${name}`, input),
          ...await pictureEvents(begin, `target/${name}`, target),
        );
      }
    },
    async onStepEnd(_, { step, losses, rates }) {
      const moment = { time: seconds(), step };
      // After a roll-back, these steps are trained again.
      if (step <= last) await file?.write(events.sessionStart(moment));
      last = step;
      await file?.write(
        events.scalars(moment, { ...under("step", losses), ...under("rate", rates) }),
      );
    },
    async onEpochEnd(run, { step, losses }) {
      const moment = { time: seconds(), step };
      await file?.write(events.scalars(moment, under("epoch", losses)));
      for (const { name, input } of await testPairs(run, pictures)) {
        const prediction = await run.predict(input, mode);
        await file?.write(...await pictureEvents(moment, `prediction/${name}`, prediction));
      }
    },
    async onRecord(_, { step, values }) {
      await file?.write(events.scalars({ time: seconds(), step }, under("metrics", values)));
    },
    async onTrainEnd() {
      await file?.write(events.sessionEnd({ time: seconds(), step: last }, "success"));
    },
    async onError() {
      await file?.write(events.sessionEnd({ time: seconds(), step: last }, "failure"));
    },
  };
}

function seconds(): number {
  return Date.now() / 1000;
}

/** `generator.l1` as `step/generator.l1`: TensorBoard groups by the part before the slash. */
function under(group: string, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${group}/${name}`, value]),
  );
}

/** The used part of run.json. */
interface RunRecord {
  readonly parameters: Readonly<Record<string, events.HyperParameter>>;
  readonly commit: string | null;
  readonly data: { readonly description: string; readonly fingerprint: string };
  readonly engine: { readonly name: string; readonly version: string; readonly threads: number };
}

async function readRecord({ folder }: TrainingRun): Promise<RunRecord> {
  return JSON.parse(await Deno.readTextFile(join(folder, "run.json")));
}

/** The run's commit, data and engine as a Markdown table. */
function describeRun(
  { experiment, folder }: TrainingRun,
  { commit, data, engine: { name, version, threads } }: RunRecord,
): string {
  const rows = {
    experiment,
    folder,
    commit: commit ?? "unknown",
    data: `${data.description}, ${data.fingerprint}`,
    engine: `${name} ${version}, ${threads} thread${threads === 1 ? "" : "s"}`,
  };
  const lines = Object.entries(rows).map(([what, value]) =>
    `| ${what} | ${value.replace(/[|\\<>]/g, "\\$&").replace(/\s+/g, " ")} |`
  );
  return ["| run | |", "| --- | --- |", ...lines].join("\n");
}

/** The first test pairs. */
async function testPairs(run: TrainingRun, count: number): Promise<Pair[]> {
  const shown = [...run.test.names.keys()].slice(0, count);
  return await Promise.all(shown.map((index) => run.testPair(index)));
}

/** The event of a picture; none if TensorBoard cannot show its channels. */
async function pictureEvents(
  moment: events.Moment,
  tag: string,
  picture: Picture,
): Promise<Uint8Array[]> {
  const { height, width, channels } = picture;
  if (![1, 3, 4].includes(channels)) return [];
  const file = await encodePicture(picture, ".png");
  return [events.image(moment, tag, { height, width, channels, file })];
}
