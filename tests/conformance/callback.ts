/**
 * The suite for callbacks, your own included:
 *
 *     conformsAsCallback("checkpoint", () => checkpoint());
 *
 * in a test file runs it.
 */
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { checkHooks } from "../../core/experiment/check.ts";
import type { Callback, Json } from "../../core/plugin.ts";
import { adam } from "../../plugins/optimizers/adam.ts";
import { l1 } from "../../plugins/losses/l1.ts";
import { plainPairs } from "../core/train/tiny.ts";
import { type Rehearsal, rehearse, type Rehearsed } from "./rehearsal.ts";
import { assertSame } from "./same.ts";
import { newJournal, watched } from "./watched_callback.ts";

/** What a callback needs of its surroundings. */
export interface CallbackNeeds {
  /**
   * What is recorded at the end of each of the three epochs, by name, as `evaluateEvery` would
   * record it. @default psnr, ssim and mae
   */
  readonly records?: Readonly<Record<string, readonly [number, number, number]>>;
}

const RECORDS = { psnr: [20, 24, 22], ssim: [0.5, 0.7, 0.6], mae: [9, 5, 7] } as const;
const SIZE = 16;
const EPOCHS = 3;
const STEPS = 2;

/** Runs the suite for what `makeCallback` makes; it sees small trainings of three epochs. */
export function conformsAsCallback(
  name: string,
  makeCallback: () => Callback,
  { records = RECORDS }: CallbackNeeds = {},
): void {
  const trained = (callbacks: readonly Callback[]): Rehearsed =>
    tiny([...callbacks, tell(records)]);

  describe(`${name} as a callback`, () => {
    let journal = newJournal();
    let rehearsed: Rehearsal | undefined;
    const uninterrupted = (): Rehearsal => {
      assert(rehearsed !== undefined, "it has not come through a training: see above");
      return rehearsed;
    };
    before(async () => {
      await tf.setBackend("cpu");
    });

    it("has a name, and no method that is never called", () => {
      const callback = makeCallback();
      assert(callback.name.trim() !== "", "its name is empty: name it as its factory is named");
      checkHooks(callback);
      assertEquals(
        callback.restore === undefined,
        callback.state === undefined,
        "it has one of `state` and `restore`: what the one gives is handed to the other, so both are needed, or neither",
      );
    });

    it("goes through a training, hook by hook, and leaves no tensor behind", async () => {
      journal = newJournal();
      rehearsed = await rehearse(() => trained([watched(makeCallback(), journal)]));
      assert(rehearsed.losses.length > 0, "nothing was trained");
    });

    it("changes nothing of the training itself", async () => {
      const result = uninterrupted();
      const plain = await (withoutCallbacks ??= rehearse(() => tiny([])));
      assertEquals(
        result.losses,
        plain.losses.slice(0, result.losses.length),
        "the losses are others than without it: a callback looks on, and changes neither pictures nor reports that it is given",
      );
      if (result.losses.length < plain.losses.length) return; // it has stopped the training
      assertSame(result.tensors, plain.tensors, "the networks are others than without it");
    });

    it("remembers what JSON can hold", () => {
      for (const state of journal.states) {
        assertEquals(
          JSON.parse(JSON.stringify(state)),
          state,
          `its state is ${
            described(state)
          }: checkpoints keep JSON, which has no Infinity, NaN, undefined, Map, Set or Date. Use e.g. a text instead`,
        );
      }
    });

    it("restores what it remembered, both when new and in the middle of a training", () => {
      const used = makeCallback();
      for (const state of journal.states) {
        for (const callback of [makeCallback(), used]) {
          callback.restore?.(copyOf(state));
          assertEquals(
            callback.state?.(),
            state,
            `its state after restore(${
              described(state)
            }) is another: restore must set all that state tells, whatever was before`,
          );
        }
      }
    });

    it("continues after an interruption as if there had been none", async () => {
      const result = uninterrupted();
      const inPieces = newJournal();
      const resumed = await rehearse(
        () => trained([watched(makeCallback(), inPieces)]),
        [1, STEPS, 2 * STEPS + 1],
      );
      assertEquals(
        inPieces.deeds,
        journal.deeds,
        "a run that was resumed asked for other saves, records or an end: what it must remember belongs into `state`, and comes back by `restore`",
      );
      assertEquals(
        inPieces.states.at(-1),
        journal.states.at(-1),
        "its state at the end is another",
      );
      assertSame(resumed, result, "the training itself went another way when it was resumed");
    });

    it("shares nothing with others that its factory makes", () => {
      assertEquals(
        makeCallback().state?.(),
        journal.begin,
        "a new one begins with what another has seen: keep variables inside of the factory, not beside it",
      );
    });

    for (
      const [when, step] of [["before its first step", 0], ["in the middle", STEPS + 1]] as const
    ) {
      it(`survives a training that fails ${when}`, async () => {
        const failing = (): Rehearsed =>
          trained([fail(step), watched(makeCallback(), newJournal())]);
        await assertRejects(() => rehearse(failing), Error, FAULT);
      });
    }
  });
}

let withoutCallbacks: Promise<Rehearsal> | undefined;

const FAULT = "a fault that the suite has made";

/** Fails in the hook after so many steps; it precedes the callback in the list. */
function fail(step: number): Callback {
  const throwFault = (): never => {
    throw new Error(FAULT);
  };
  return step === 0 ? { name: "fail", onTrainBegin: throwFault } : {
    name: "fail",
    onStepEnd: (_, report) => {
      if (report.step === step) throwFault();
    },
  };
}

/** Records numbers at the end of each epoch. */
function tell(records: NonNullable<CallbackNeeds["records"]>): Callback {
  return {
    name: "tell",
    onEpochEnd: (run, { epoch }) =>
      run.record(
        Object.fromEntries(
          Object.entries(records).map(([name, values]) => [name, values[epoch - 1]!]),
        ),
      ),
  };
}

/** A network with almost nothing to learn, for 16x16 pictures. */
function tiny(callbacks: readonly Callback[]): Rehearsed {
  const image = { height: SIZE, width: SIZE, channels: 3 };
  const [train, test] = [plainPairs(STEPS, SIZE), plainPairs(2, SIZE)];
  return {
    experiment: "rehearsal",
    wiring: {
      data: { open: () => Promise.resolve({ train, test, description: "", fingerprint: "" }) },
      generator: (_, seed) =>
        tf.sequential({
          layers: [tf.layers.conv2d({
            name: "mixture",
            inputShape: [SIZE, SIZE, 3],
            filters: 3,
            kernelSize: 1,
            kernelInitializer: tf.initializers.glorotUniform({ seed }),
            activation: "tanh",
          })],
        }),
      losses: { l1: l1() },
      optimizer: adam({ rate: 1e-2 }),
      callbacks,
    },
    shape: { input: image, target: image },
    train,
    test,
    epochs: EPOCHS,
    batch: 1,
    seed: 23,
  };
}

function copyOf(state: Json): Json {
  return JSON.parse(JSON.stringify(state));
}

/** As code, since JSON cannot express some values. */
function described(state: unknown): string {
  return Deno.inspect(state, { colors: false });
}
