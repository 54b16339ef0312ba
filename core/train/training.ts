/** A training, and the steps that change its state. */
import { compile } from "../backends/compile.ts";
import { batchesOf, type LoaderOptions, stepsPerEpoch } from "../data/loader.ts";
import type { Callback, EpochReport, StepReport, TrainingRun } from "../interfaces/callbacks.ts";
import type { Pair } from "../interfaces/pictures.ts";
import { optimizersOf, ratesAt } from "../model/optimizers.ts";
import type { Share } from "../interfaces/networks.ts";
import { NotFiniteError } from "../ops/require_finite.ts";
import { shareOf } from "../workers/share.ts";
import { ALONE } from "../workers/workers.ts";
import { averageOf } from "./average.ts";
import { trainOn } from "./batch.ts";
import { createRun } from "./callback_run.ts";
import { frozenVariables, isFrozen } from "./freeze.ts";
import { createFailurePolicy } from "./not_finite.ts";
import { advance, endEpoch, meanLosses, networksToTrain, progressAt, skip } from "./position.ts";
import { createProbes } from "./probe.ts";
import { NO_SAVES, openSaves } from "./saves.ts";
import { frameOf, startState, type TrainingParts } from "./state.ts";
import { createStep } from "./step.ts";

/** A training, ready for its next step. */
export interface Training {
  readonly run: TrainingRun;
  readonly callbacks: readonly Callback[];
  /** The remaining batches of the epoch under way. */
  batches(): AsyncIterable<Pair[]>;
  /**
   * Trains on one batch.
   *
   * @returns Null if it was skipped, since a loss or gradient was not finite; then the remaining
   * batches may be others.
   * @throws {PairlabError} If the policy for such steps is "stop".
   */
  step(pairs: Pair[]): Promise<StepReport | null>;
  /** Whether the epoch under way has remaining steps. */
  readonly midEpoch: boolean;
  /** Ends the epoch under way. */
  finishEpoch(): Promise<EpochReport>;
  /**
   * Whether to stop after this step, since this process or another one is asked to. All workers must
   * call it after the same steps, and learn of what callbacks have stopped.
   */
  agree(isAsked: boolean): Promise<boolean>;
  /** Whether all epochs are done, or a callback has stopped the training and the epoch is done. */
  readonly ended: boolean;
  /** Why a callback has stopped the training, or null. */
  readonly stopped: string | null;
  /** Writes the checkpoint that callbacks have asked for, if any. */
  saveIfAsked(): Promise<void>;
  /** Saves before the process ends, wherever possible. @returns The run folder to resume from. */
  saveFinal(): Promise<string>;
}

/** Builds a training, or restores it from a checkpoint. */
export async function createTraining(parts: TrainingParts): Promise<Training> {
  const { wiring, train, epochs, batch, seed, workers = ALONE } = parts;
  const state = await startState(parts);
  const { networks, updates, replay, callbacks } = state;
  const stepParts = {
    networks,
    losses: wiring.losses,
    updates,
    order: wiring.order ?? "alternate",
    frozen: frozenVariables(networks, wiring.freeze),
    average: averageOf(networks, wiring),
  };
  const compileStep = (share?: Share) =>
    compile(createStep({ ...stepParts, share }), { name: "a training step", mode: parts.compile });
  /** By the size of the batch of all workers: an epoch's last one may be smaller. */
  const trainSteps = new Map<number, ReturnType<typeof compileStep>>();
  const trainStepFor = (size: number): ReturnType<typeof compileStep> => {
    const key = workers.count === 1 ? batch : size;
    const known = trainSteps.get(key);
    if (known !== undefined) return known;
    const made = compileStep(workers.count === 1 ? undefined : shareOf(size, workers));
    trainSteps.set(key, made);
    return made;
  };
  const optimizers = optimizersOf(wiring);
  const watched = Object.values(optimizers).flatMap(({ rate }) =>
    typeof rate === "function" && rate.watches !== undefined ? [rate.watches] : []
  );
  const steps = stepsPerEpoch(train.names.length, batch);
  const failures = createFailurePolicy(parts, state, steps);
  const saves = workers.index > 0 ? NO_SAVES : await openSaves(parts, state);
  const { shuffle = true, augment } = wiring;
  const part = (whole: readonly number[]): readonly number[] => {
    if (workers.count === 1) return whole;
    const { first, pictures } = shareOf(whole.length, workers);
    return whole.slice(first, first + pictures);
  };
  const loader: LoaderOptions = { ...frameOf(parts), batch, seed, shuffle, augment, part };
  workers.advise(() =>
    saves.newest === undefined ? "" : `The last checkpoint is "${saves.newest}"`
  );
  const startProbe = createProbes(networks, wiring);
  let lastStepEnded = performance.now();

  return {
    run: createRun(parts, state, { stepsPerEpoch: steps, save: saves.ask, watched }),
    callbacks,
    batches: () => {
      lastStepEnded = performance.now();
      const { epoch, stepInEpoch } = state.position;
      return batchesOf(train, epoch + 1, stepInEpoch, loader);
    },
    step: async (pairs) => {
      const epoch = state.position.epoch + 1;
      const step = state.position.step + 1;
      if (failures.hasFailed(step)) {
        state.position = skip(state.position);
        return null;
      }
      const progress = progressAt(state.position, { epochs, stepsPerEpoch: steps });
      const rates = ratesAt(optimizers, progress);
      if (watched.length > 0 && workers.count > 1) {
        // The first alone knows what callbacks have recorded.
        const [[generator = NaN, discriminator = NaN] = []] = await workers.exchange([
          rates.generator,
          rates.discriminator,
        ]);
        Object.assign(rates, { generator, discriminator });
      }
      const turn = networksToTrain(step, wiring);
      const freezes = isFrozen(step, wiring.freeze);
      const settings = { step, rates, turn, freezes, replay, colours: wiring.colours };
      const isMeasured = callbacks.some((callback) => callback.measures?.(step));
      using probe = isMeasured ? startProbe() : null;
      let losses: Record<string, number>;
      try {
        const size = Math.min(batch, train.names.length - state.position.stepInEpoch * batch);
        const trainStep = trainStepFor(size);
        losses = await failures.attempt(() =>
          workers.guard(() => trainOn(pairs, settings, trainStep))
        );
      } catch (error) {
        if (!(error instanceof NotFiniteError)) throw error;
        await failures.leaveOut({ step, epoch, pairs, error });
        return null;
      }
      failures.noteTrained();
      const now = performance.now();
      const milliseconds = now - lastStepEnded;
      lastStepEnded = now;
      state.position = advance(state.position, losses, milliseconds / 1000);
      const { stepInEpoch } = state.position;
      const names = pairs.map(({ name }) => name);
      const statistics = await probe?.measure(pairs, step);
      const report = {
        ...{ epoch, step, stepInEpoch, losses, rates, names, milliseconds },
        ...statistics && { statistics },
      };
      await state.log.step(report);
      return report;
    },
    get midEpoch() {
      return state.position.stepInEpoch < steps;
    },
    finishEpoch: async () => {
      const { epoch, step, secondsInEpoch: seconds } = state.position;
      const losses = meanLosses(state.position);
      const memory = Deno.memoryUsage().rss;
      const report: EpochReport = { epoch: epoch + 1, step, losses, seconds, memory };
      state.position = endEpoch(state.position, watched);
      await state.log.epoch(report);
      return report;
    },
    agree: async (isAsked) => {
      if (workers.count === 1) return isAsked;
      const own = [Number(isAsked), Number(state.stopped !== null)];
      const all = await workers.exchange(own);
      if (all[0]?.[1] === 1) state.stopped ??= "worker 0 was stopped";
      const stops = all.some(([asked]) => asked === 1);
      const { epoch, stepInEpoch } = state.position;
      if (stops || epoch >= epochs || (state.stopped !== null && stepInEpoch === 0)) {
        await workers.leave();
      }
      return stops;
    },
    get ended() {
      const { epoch, stepInEpoch } = state.position;
      return epoch >= epochs || (state.stopped !== null && stepInEpoch === 0);
    },
    get stopped() {
      return state.stopped;
    },
    saveIfAsked: async () => void await saves.ifAsked(),
    saveFinal: saves.final,
  };
}
