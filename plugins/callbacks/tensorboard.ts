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

/** What {@link tensorboard} writes. */
export interface TensorboardOptions {
  /** Test pictures after every epoch, the first ones of the split. @default 3 */
  readonly pictures?: number;
  /** How they are predicted. @default "paper" */
  readonly mode?: InferenceMode;
}

/**
 * Writes what TensorBoard shows into `tensorboard/` of the run folder: the losses of each step
 * (`step/…`) and their means over each epoch (`epoch/…`), whatever callbacks record (`metrics/…`),
 * predictions of the first test pictures beside their inputs and targets, the parameters of the
 * experiment for the table of hyper-parameters, and as a text what they stand on: commit, data and
 * engine. `tensorboard --logdir runs` shows all runs.
 *
 * A resumed run goes on in a new file, which begins by telling TensorBoard to forget the steps that
 * will be trained again.
 *
 * @throws {RangeError} When `pictures` is not a whole number from 0 on.
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
    throw new RangeError(`Cannot show ${pictures} pictures: a whole number from 0 on would work`);
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
        events.hyperParameters(begin, record.parameters),
        events.text(begin, "run", describeRun(run, record)),
      );
      for (const { name, input, target } of await testPairs(run, pictures)) {
        await file.write(
          ...await pictureEvents(begin, `input/${name}`, input),
          ...await pictureEvents(begin, `target/${name}`, target),
        );
      }
    },
    async onStepEnd(_, { step, losses }) {
      const moment = { time: seconds(), step };
      // A training that was rolled back goes through these steps again.
      if (step <= last) await file?.write(events.sessionStart(moment));
      last = step;
      await file?.write(events.scalars(moment, under("step", losses)));
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

/** `generator.l1` as `step/generator.l1`: TensorBoard makes a group of what stands before a slash. */
function under(group: string, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${group}/${name}`, value]),
  );
}

/** As much of run.json as TensorBoard is told. */
interface RunRecord {
  readonly parameters: Readonly<Record<string, events.HyperParameter>>;
  readonly commit: string | null;
  readonly data: { readonly description: string; readonly fingerprint: string };
  readonly engine: { readonly name: string; readonly version: string; readonly threads: number };
}

async function readRecord({ folder }: TrainingRun): Promise<RunRecord> {
  return JSON.parse(await Deno.readTextFile(join(folder, "run.json")));
}

/** What the numbers stand on, as a table of Markdown. */
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

/** The event of a picture; none of one whose channels TensorBoard cannot show. */
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
