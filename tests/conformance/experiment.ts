/**
 * The suite for experiments, your own included:
 *
 *     conformsAsExperiment("quickstart", quickstart, { parameters: { size: 32, count: 5 } });
 *
 * in a test file runs it.
 */
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import type { Experiment } from "../../core/experiment/experiment.ts";
import { type Plan, planExperiment } from "../../core/experiment/plan.ts";
import type { Callback, Dataset, OpenedData } from "../../core/plugin.ts";
import { type Rehearsal, rehearse, type Rehearsed, runWith } from "./rehearsal.ts";
import { assertSame } from "./same.ts";

/** What an experiment needs of its surroundings. */
export interface ExperimentNeeds {
  /**
   * Parameters at which it is small: its networks are trained for some steps on the CPU, without an
   * engine. @default its own
   */
  readonly parameters?: Readonly<Record<string, number | string | boolean>>;
}

const STEPS = 3;

/** Runs the suite for an experiment: what a file's default export is. */
export function conformsAsExperiment<P>(
  name: string,
  experiment: Experiment<P>,
  { parameters = {} }: ExperimentNeeds = {},
): void {
  const plan = (): Plan => planOf(name, experiment as Experiment, parameters);

  describe(`${name} as an experiment`, () => {
    let rehearsed: Rehearsal | undefined;
    const uninterrupted = (): Rehearsal => {
      assert(rehearsed !== undefined, "it could not be trained: see above");
      return rehearsed;
    };
    before(async () => {
      await tf.setBackend("cpu");
    });

    it("fits together: parameters, shapes, losses, networks", () => {
      const { numTensors } = tf.memory();
      plan();
      assertEquals(
        tf.memory().numTensors,
        numTensors,
        "it makes tensors when it is wired: setup also runs when an experiment is only listed, so tensors belong into the plug-ins' own functions",
      );
    });

    it("opens its data, and finds pairs of the networks' channels", async () => {
      const { wiring, shape } = plan();
      const { train, test } = await wiring.data.open();
      for (const [split, dataset] of [["train", train], ["test", test]] as const) {
        assert(dataset.names.length > 0, `there is no pair to ${split} with`);
        const { input, target } = await dataset.load(0);
        assertEquals(
          [input.channels, target.channels],
          [shape.input.channels, shape.target.channels],
          `the pictures to ${split} with have ${input.channels} and ${target.channels} channels, the networks ${shape.input.channels} and ${shape.target.channels}: \`channels\` of the data source and of the experiment must say the same`,
        );
      }
    });

    it(`trains ${STEPS} steps, and every number is finite`, async () => {
      rehearsed = await rehearse(await trained(plan()));
      assertEquals(rehearsed.losses.length, STEPS, "steps");
      for (const losses of rehearsed.losses) {
        assert(Object.values(losses).every(Number.isFinite), JSON.stringify(losses));
      }
    });

    it("follows from its seed", async () => {
      assertSame(
        await rehearse(await trained(plan())),
        uninterrupted(),
        "the same seed gives another training: Math.random or the time decides something",
      );
    });

    it("continues after an interruption as if there had been none", async () => {
      assertSame(
        await rehearse(await trained(plan()), [1, 2]),
        uninterrupted(),
        "a training that was resumed is another: something that lives through steps is in no checkpoint",
      );
    });

    it("predicts pictures of the target's shape", async () => {
      const { shape } = plan();
      const found: number[][] = [];
      const predict: Callback = {
        name: "predict",
        onTrainBegin: async (run) => {
          const { input } = await run.testPair(0);
          const { height, width, channels } = await run.predict(input);
          found.push([height, width, channels]);
        },
      };
      const rehearsed = await trained(plan(), [predict]);
      await rehearse(() => ({ ...rehearsed(), epochs: 0 }));
      const { height, width, channels } = shape.target;
      assertEquals(found, [[height, width, channels]]);
    });
  });
}

/** An experiment, checked as it is before a training. */
export function planOf(
  name: string,
  experiment: Experiment,
  parameters: NonNullable<ExperimentNeeds["parameters"]> = {},
): Plan {
  const url = new URL(`${encodeURIComponent(name)}.ts`, import.meta.url);
  return planExperiment(
    { name, module: name, url, source: "", sha256: "", experiment },
    parameters,
  );
}

/** Some pairs of an experiment's own, in one epoch; each piece of a training wires it anew. */
async function trained(
  { name, parameters, shape, experiment }: Plan,
  callbacks?: readonly Callback[],
): Promise<() => Rehearsed> {
  const { batch, seed } = parameters;
  const data: OpenedData = await experiment.wire(parameters).data.open();
  return () => {
    const wiring = experiment.wire(parameters);
    return {
      experiment: name,
      wiring: { ...wiring, callbacks: callbacks ?? (wiring.callbacks ?? []).map(quiet) },
      shape,
      train: repeated(data.train, STEPS * batch),
      test: data.test,
      epochs: 1,
      batch,
      seed,
    };
  };
}

/** So many pairs, again from the first where there are fewer. */
function repeated(dataset: Dataset, count: number): Dataset {
  const { names } = dataset;
  const indices = Array.from({ length: count }, (_, index) => index % names.length);
  return {
    names: indices.map((index, place) => `${names[index]}${place < names.length ? "" : "*"}`),
    load: (place, random) => dataset.load(indices[place]!, random),
  };
}

/** The same callback, which says nothing aloud. */
function quiet(callback: Callback): Callback {
  const hooks = Object.entries(callback).map(([key, member]) => [
    key,
    key.startsWith("on") && typeof member === "function"
      ? (run: Parameters<NonNullable<Callback["onTrainBegin"]>>[0], report: unknown) =>
        member.call(callback, runWith(run, { say: () => {} }), report)
      : member,
  ]);
  return Object.fromEntries(hooks);
}
