/** A training as its callbacks see it. */
import { say } from "../base/terminal.ts";
import { fitPair } from "../data/frame.ts";
import type { TrainingRun } from "../interfaces/callbacks.ts";
import { createPredict } from "../predict/predict.ts";
import { createJudge } from "./judge.ts";
import { note } from "./position.ts";
import { frameOf, type TrainingParts, type TrainingState } from "./state.ts";

/** Creates what callbacks are given. */
export function createRun(
  parts: TrainingParts,
  state: TrainingState,
  { stepsPerEpoch, save, watched }: Pick<TrainingRun, "stepsPerEpoch" | "save"> & {
    readonly watched: readonly string[];
  },
): TrainingRun {
  const { experiment, folder, epochs, batch, test, validation, shape, wiring } = parts;
  const { networks, callbacks } = state;
  const frame = frameOf(parts);
  const predict = createPredict(networks.averaged ?? networks.generator, parts.compile);
  const judge = createJudge(networks.discriminator, wiring.colours);
  const run: TrainingRun = {
    experiment,
    folder,
    epochs,
    stepsPerEpoch,
    batch,
    get done() {
      return { epoch: state.position.epoch, step: state.position.step };
    },
    test,
    testPair: async (index) => fitPair(await test.load(index), shape, frame),
    validation: validation && {
      names: validation.names,
      load: async (index) => fitPair(await validation.load(index), shape, frame),
    },
    predict: (input, mode) => predict(input, { ...frame, step: state.position.step, mode }),
    save,
    record: async (values, mode) => {
      const report = { ...run.done, values, ...mode === undefined ? {} : { mode } };
      state.position = note(state.position, values, watched);
      await state.log.metrics(report);
      for (const callback of callbacks) await callback.onRecord?.(run, report);
    },
    find: (finding) => state.log.finding({ ...run.done, ...finding }),
    judge: (input, picture) => judge(input, picture, state.position.step),
    stop: (reason) => {
      state.stopped ??= reason;
    },
    say,
  };
  return run;
}
