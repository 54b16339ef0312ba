/** A training's state, and the steps that move it: networks, optimizers, position, files. */
import { dirname, join } from "@std/path";
import { averageOf } from "./average.ts";
import { trainOn } from "./batch_step.ts";
import { restoreCallbacks, statesOf } from "./callback_states.ts";
import { compile, type CompileMode } from "./backends/compile.ts";
import { networkShape } from "./colours.ts";
import {
  type CheckpointParts,
  type LoadedCheckpoint,
  loadNewestCheckpoint,
  restoreCheckpoint,
} from "./checkpoint.ts";
import {
  describeFailure,
  type Failure,
  keepFailure,
  type NotFinitePolicy,
  stopAt,
} from "./failure.ts";
import { batchesOf, fitPair, type LoaderOptions, stepsPerEpoch } from "./loader.ts";
import { EMPTY_LOG, openMetricsLog } from "./metrics_log.ts";
import { NotFiniteError } from "./ops/require_finite.ts";
import { buildNetworks } from "./networks.ts";
import type {
  Callback,
  Dataset,
  EpochReport,
  Pair,
  StepReport,
  TaskShape,
  TrainingRun,
  Wiring,
} from "./plugin.ts";
import {
  advance,
  endEpoch,
  meanLosses,
  note,
  type Position,
  positionOf,
  progressAt,
  skip,
  START,
} from "./position.ts";
import { createPredict, describeGenerators } from "./predictor.ts";
import { openReplay } from "./replay.ts";
import { recordPath, runIdentity } from "./run_folder.ts";
import { createSaver } from "./saver.ts";
import { createStep } from "./step.ts";
import { say } from "./terminal.ts";
import { turnOf } from "./turns.ts";
import { optimizersOf, ratesAt, startOptimizers } from "./updates.ts";

/** What a training is made of. */
export interface TrainingParts {
  readonly experiment: string;
  readonly folder: string;
  readonly wiring: Wiring;
  readonly shape: TaskShape;
  readonly train: Dataset;
  readonly test: Dataset;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  /** Whether steps and predictions are compiled. @default "on": where the engine can */
  readonly compile?: CompileMode | undefined;
  /** What becomes of it when a loss or gradient is not finite. @default "stop" */
  readonly notFinite?: NotFinitePolicy | undefined;
  /** Where to go on; left out at the beginning. */
  readonly checkpoint?: LoadedCheckpoint | undefined;
}

/** Steps in a row that may be skipped, however short an epoch is. */
const MOST_SKIPPED = 10;

/** A training, ready for its next step. */
export interface Training {
  readonly run: TrainingRun;
  readonly callbacks: readonly Callback[];
  /** The batches of the epoch under way that are still to come. */
  batches(): AsyncIterable<Pair[]>;
  /**
   * Trains on one batch.
   *
   * @returns Null if it was left out, since a loss or gradient was not finite; then the batches that
   * are still to come may be others.
   * @throws {PairlabError} If that is not to be borne.
   */
  step(pairs: Pair[]): Promise<StepReport | null>;
  /** True if the epoch under way has steps that are still to come. */
  readonly midEpoch: boolean;
  /** Ends the epoch under way. */
  finishEpoch(): Promise<EpochReport>;
  /** True when all epochs are done, or a callback has stopped the training and the epoch is done. */
  readonly ended: boolean;
  /** Why a callback has stopped the training, or null. */
  readonly stopped: string | null;
  /** Writes the checkpoint that callbacks have asked for, if they have. */
  saveIfAsked(): Promise<void>;
  /** Saves before the process ends, wherever that is possible. @returns The run folder to go on from. */
  saveForGood(): Promise<string>;
}

/** Builds networks and optimizers, or restores them from a checkpoint. */
export async function createTraining(parts: TrainingParts): Promise<Training> {
  const { wiring, shape, folder, epochs, batch, seed } = parts;
  const resize = wiring.resize ?? "cubic";
  const fit = wiring.fit ?? "resize";
  const frame = { shape, resize, fit, colours: wiring.colours ?? "stored" };
  const optimizers = optimizersOf(wiring);
  const networks = buildNetworks(wiring, shape, seed);
  for (const loss of Object.values(wiring.losses)) await loss.prepare?.();
  const updates = startOptimizers(networks, optimizers);
  const { replay: pool, colours } = wiring;
  const replay = pool === undefined || pool.size === 0
    ? undefined
    : openReplay(pool, networkShape(shape, colours), seed);
  const callbacks = wiring.callbacks ?? [];
  let position: Position = START;
  let stopped = parts.checkpoint?.state.stopped ?? null;
  /** Reasons to keep the checkpoint that was asked for; null if none was. */
  let asked: Set<string> | null = null;
  const goBackTo = (checkpoint: LoadedCheckpoint): void => {
    restoreCheckpoint(checkpoint, networks, updates, replay);
    restoreCallbacks(callbacks, checkpoint.state.callbacks);
    position = positionOf(checkpoint.state);
  };
  if (parts.checkpoint !== undefined) goBackTo(parts.checkpoint);
  const step = createStep({
    networks,
    losses: wiring.losses,
    updates,
    order: wiring.order ?? "alternate",
    average: averageOf(networks, wiring),
    whole: parts.notFinite === "skip",
  });
  const trainStep = compile(step, { name: "a training step", mode: parts.compile });
  const predict = createPredict(networks.averaged ?? networks.generator, parts.compile);
  const mark = parts.checkpoint === undefined ? EMPTY_LOG : parts.checkpoint.state.log;
  let log = await openMetricsLog(folder, { ...position, mark });
  const steps = stepsPerEpoch(parts.train.names.length, batch);
  const loader: LoaderOptions = {
    shape,
    batch,
    seed,
    resize,
    fit,
    shuffle: wiring.shuffle ?? true,
    augment: wiring.augment,
  };
  const saver = createSaver(folder, parts.checkpoint);
  const record = await Deno.readTextFile(recordPath(folder));
  const toSave = (keep: Iterable<string> = []): CheckpointParts => ({
    networks,
    updates,
    replay,
    position,
    callbacks: statesOf(callbacks),
    keep: [...keep],
    stopped,
    about: describeGenerators(networks, { ...frame, step: position.step }),
    record,
    run: runIdentity(record),
    log,
  });
  let lastStepEnded = performance.now();
  /** Steps in a row that were skipped. */
  let skipped = 0;
  /** Steps that are left out when they come again. */
  const toSkip = new Set<number>();

  const leaveOut = async (failure: Failure): Promise<null> => {
    const kept = await keepFailure(folder, failure);
    if (parts.notFinite === undefined || parts.notFinite === "stop") throw stopAt(failure, kept);
    toSkip.add(failure.step);
    if (parts.notFinite === "skip") {
      // A network whose weights have grown beyond all bounds will not come back.
      if (++skipped >= Math.max(steps, MOST_SKIPPED)) {
        throw stopAt(failure, `${kept}, and ${skipped} steps in a row were skipped`);
      }
      say(`Warning: ${describeFailure(failure)}. It is skipped; ${kept}`);
      position = skip(position);
      return null;
    }
    const checkpoint = await loadNewestCheckpoint(join(folder, "checkpoints"), say);
    if (checkpoint === undefined) throw stopAt(failure, `${kept}, and there is no checkpoint yet`);
    const { step, log: mark } = checkpoint.state;
    say(`Warning: ${describeFailure(failure)}. Going back to step ${step}; ${kept}`);
    goBackTo(checkpoint);
    log = await openMetricsLog(folder, { ...position, mark });
    return null;
  };

  const run: TrainingRun = {
    experiment: parts.experiment,
    folder,
    epochs,
    stepsPerEpoch: steps,
    batch,
    get done() {
      return { epoch: position.epoch, step: position.step };
    },
    test: parts.test,
    testPair: async (index) => fitPair(await parts.test.load(index), shape, loader),
    predict: (input, mode) => predict(input, { ...frame, step: position.step, mode }),
    save: ({ keep } = {}) => {
      asked ??= new Set();
      if (keep !== undefined) asked.add(keep);
    },
    record: async (values, mode) => {
      const report = { ...run.done, values, ...mode === undefined ? {} : { mode } };
      position = note(position, values);
      await log.metrics(report);
      for (const callback of callbacks) await callback.onRecord?.(run, report);
    },
    stop: (reason) => {
      stopped ??= reason;
    },
    say,
  };

  return {
    run,
    callbacks,
    batches: () => {
      lastStepEnded = performance.now();
      return batchesOf(parts.train, position.epoch + 1, position.stepInEpoch, loader);
    },
    step: async (pairs) => {
      const names = pairs.map(({ name }) => name);
      const rates = ratesAt(optimizers, progressAt(position, { epochs, stepsPerEpoch: steps }));
      const step = position.step + 1;
      if (toSkip.has(step)) {
        position = skip(position);
        return null;
      }
      let losses: Record<string, number>;
      try {
        const settings = { step, rates, turn: turnOf(step, wiring), replay, colours };
        losses = await trainOn(pairs, settings, trainStep);
      } catch (error) {
        if (!(error instanceof NotFiniteError)) throw error;
        return await leaveOut({ step, epoch: position.epoch + 1, pairs, error });
      }
      skipped = 0;
      const now = performance.now();
      const milliseconds = now - lastStepEnded;
      lastStepEnded = now;
      position = advance(position, losses, milliseconds / 1000);
      const report = {
        epoch: position.epoch + 1,
        step,
        stepInEpoch: position.stepInEpoch,
        losses,
        names,
        milliseconds,
      };
      await log.step(report);
      return report;
    },
    get midEpoch() {
      return position.stepInEpoch < steps;
    },
    finishEpoch: async () => {
      const report: EpochReport = {
        epoch: position.epoch + 1,
        step: position.step,
        losses: meanLosses(position),
        seconds: position.secondsInEpoch,
      };
      position = endEpoch(position);
      await log.epoch(report);
      return report;
    },
    get ended() {
      return position.epoch >= epochs || (stopped !== null && position.stepInEpoch === 0);
    },
    get stopped() {
      return stopped;
    },
    saveIfAsked: async () => {
      if (asked === null) return;
      const keep = [...asked];
      asked = null;
      const saved = await saver.save(toSave(keep));
      if (saved !== null && keep.length > 0) say(`Checkpoint: ${saved.folder}`);
    },
    saveForGood: async () => dirname(dirname((await saver.saveForGood(toSave())).folder)),
  };
}
