/** What a training is made of, what of it changes, and what a checkpoint remembers. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Variable } from "@tensorflow/tfjs";
import type { CompileMode } from "../backends/compile.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { say } from "../base/terminal.ts";
import type { Callback, Json } from "../interfaces/callbacks.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { TaskShape } from "../interfaces/networks.ts";
import type { UpdateRule } from "../interfaces/objectives.ts";
import type { Dataset } from "../interfaces/pictures.ts";
import type { Levels } from "../pictures/pixels.ts";
import { networkShape } from "../model/colours.ts";
import { buildNetworks, namedVariables, type Networks } from "../model/networks.ts";
import { optimizersOf, startOptimizers, type Updates } from "../model/optimizers.ts";
import { describeGenerator, type GeneratorDescription } from "../predict/predict.ts";
import type { ArrayFile, CheckpointContents, LoadedCheckpoint } from "../runs/checkpoint.ts";
import { type CheckpointState, type Position, positionOf } from "../runs/checkpoint_state.ts";
import { EMPTY_LOG, type MetricsLog, NO_LOG, openMetricsLog } from "../runs/metrics_log.ts";
import type { Origin } from "../runs/origin.ts";
import type { NotFinitePolicy } from "../runs/run_folder.ts";
import {
  assignAll,
  AVERAGED_FILE,
  checkFit,
  DISCRIMINATOR_FILE,
  GENERATOR_FILE,
  sourcesOf,
} from "../runs/weights.ts";
import { ALONE, type Workers } from "../workers/workers.ts";
import { describeTakenOver, takeOver } from "./take_over.ts";
import { START } from "./position.ts";
import { openReplay, type ReplayPool } from "./replay.ts";

/** The fixed parts of a training. */
export interface TrainingParts {
  readonly experiment: string;
  readonly folder: string;
  readonly wiring: Wiring;
  readonly shape: TaskShape;
  readonly train: Dataset;
  readonly test: Dataset;
  readonly validation?: Dataset | undefined;
  /** Input files' values of black and white, for a generator's file. @default the usual ones */
  readonly levels?: Levels | undefined;
  readonly epochs: number;
  /** Pairs in a step, of all workers together. */
  readonly batch: number;
  readonly seed: number;
  /** Whether steps and predictions are compiled. @default "on": where the engine can */
  readonly compile?: CompileMode | undefined;
  /** @default "stop" */
  readonly notFinite?: NotFinitePolicy | undefined;
  /** The checkpoint to resume from. @default none */
  readonly checkpoint?: LoadedCheckpoint | undefined;
  /** Weights to begin with. @default those that the networks are made with */
  readonly origin?: Origin | undefined;
  /** The processes that train together. @default this one alone */
  readonly workers?: Workers | undefined;
}

/** What changes in a training; a checkpoint remembers all of it. */
export interface TrainingState {
  readonly networks: Networks;
  readonly updates: Updates;
  readonly replay: ReplayPool | undefined;
  readonly callbacks: readonly Callback[];
  position: Position;
  /** Why a callback has stopped the training, or null. */
  stopped: string | null;
  log: MetricsLog;
}

/** Builds networks and optimizers, or restores them from the checkpoint. */
export async function startState(
  { wiring, shape, folder, seed, checkpoint, origin, workers = ALONE }: TrainingParts,
): Promise<TrainingState> {
  const networks = buildNetworks(wiring, shape, seed);
  if (origin !== undefined) describeTakenOver(takeOver(networks, origin)).forEach(say);
  for (const loss of Object.values(wiring.losses)) await loss.prepare?.();
  const updates = startOptimizers(networks, optimizersOf(wiring));
  const { replay: pool, colours, callbacks = [] } = wiring;
  const replay = pool === undefined || pool.size === 0
    ? undefined
    : openReplay(pool, networkShape(shape, colours), seed);
  for (const callback of callbacks) stateOf(callback);
  const stopped = checkpoint?.state.stopped ?? null;
  const state = { networks, updates, replay, callbacks, position: START, stopped };
  if (checkpoint !== undefined) restore(state, checkpoint);
  await takeOverFirst(state, workers);
  if (workers.index > 0) return { ...state, log: NO_LOG };
  const mark = checkpoint === undefined ? EMPTY_LOG : checkpoint.state.log;
  return { ...state, log: await openMetricsLog(folder, { ...state.position, mark }) };
}

/** Puts all workers where the first one is: its weights, its memory of them, its position. */
export async function takeOverFirst(state: Remembered, workers: Workers): Promise<void> {
  if (workers.count === 1) return;
  for (const variables of variablesByFile(state).values()) {
    await workers.takeOver([...variables.values()]);
  }
  const { epoch, step, stepInEpoch } = state.position;
  const own = [epoch, step, stepInEpoch, Number(state.stopped !== null)];
  const [first = own] = await workers.exchange(own);
  if (workers.index === 0) return;
  const [epochs = 0, steps = 0, stepsInEpoch = 0, stopped] = first;
  state.position = { ...START, epoch: epochs, step: steps, stepInEpoch: stepsInEpoch };
  state.stopped = stopped === 1 ? "worker 0 was stopped" : null;
}

/** Goes back to a checkpoint of this run, and drops what the log holds beyond it. */
export async function rollBack(
  state: TrainingState,
  checkpoint: LoadedCheckpoint,
  folder: string,
): Promise<void> {
  restore(state, checkpoint);
  state.log.close();
  state.log = await openMetricsLog(folder, { ...state.position, mark: checkpoint.state.log });
}

type Remembered = Omit<TrainingState, "log">;
type Trained = Pick<TrainingState, "networks" | "updates">;

/** The file of the pool of earlier fakes. */
const REPLAY_FILE = "replay.safetensors";

/** What a checkpoint remembers of this moment: every array by file and name, and the state. */
export function checkpointContents(
  { networks, updates, replay, callbacks, position, stopped }: Remembered,
  frame: Omit<GeneratorDescription, "step">,
): CheckpointContents {
  const generators: Record<string, LayersModel | undefined> = {
    [GENERATOR_FILE]: networks.generator,
    [AVERAGED_FILE]: networks.averaged,
  };
  const files = new Map<string, ArrayFile>();
  for (const [name, variables] of variablesByFile({ networks, updates })) {
    const model = generators[name];
    const metadata = model && describeGenerator(model, { ...frame, step: position.step });
    files.set(name, { arrays: sourcesOf(variables), metadata });
  }
  if (replay !== undefined) files.set(REPLAY_FILE, { arrays: replay.sources() });
  return { files, state: { ...position, callbacks: statesOf(callbacks), stopped } };
}

/**
 * Puts a checkpoint back into a training: all of it, or nothing if it does not fit.
 *
 * @throws {PairlabError} If it is of other networks.
 */
export function restore(
  state: Remembered,
  { folder, tensors, state: saved }: LoadedCheckpoint,
): void {
  const files = [...variablesByFile(state)].map(([name, variables]) =>
    [`${folder}/${name}`, variables, tensors.get(name) ?? new Map()] as const
  );
  for (const [path, variables, arrays] of files) checkFit(path, variables, arrays);
  state.replay?.restore(tensors.get(REPLAY_FILE));
  for (const [, variables, arrays] of files) assignAll(variables, arrays);
  for (const [index, callback] of state.callbacks.entries()) {
    const remembered = saved.callbacks[callbackKey(callback, index)];
    if (remembered !== undefined) callback.restore?.(remembered);
  }
  state.position = positionOf(saved);
}

/** The variables of a training, by file, then by a name that is the same in every process. */
function variablesByFile(
  { networks: { generator, discriminator, averaged }, updates }: Trained,
): Map<string, Map<string, Variable>> {
  const files = new Map([[GENERATOR_FILE, namedVariables(generator)]]);
  if (discriminator !== undefined) {
    files.set(DISCRIMINATOR_FILE, namedVariables(discriminator));
  }
  if (averaged !== undefined) files.set(AVERAGED_FILE, namedVariables(averaged));
  const optimizer = new Map<string, Variable>();
  for (const [network, rule] of Object.entries(updates) as [string, UpdateRule][]) {
    for (const [name, variable] of Object.entries(rule.state)) {
      optimizer.set(`${network}/${name}`, variable);
    }
  }
  return files.set("optimizer.safetensors", optimizer);
}

/** The memory of each callback, by its place and name. A faulty one is left out, with a warning. */
function statesOf(callbacks: readonly Callback[]): CheckpointState["callbacks"] {
  const states: CheckpointState["callbacks"] = {};
  for (const [index, callback] of callbacks.entries()) {
    try {
      const state = stateOf(callback);
      if (state !== undefined) states[callbackKey(callback, index)] = state;
    } catch (error) {
      say(`Warning: ${messageOf(error)}. The checkpoint is saved without it`);
    }
  }
  return states;
}

function callbackKey({ name }: Callback, index: number): string {
  return `${index} ${name}`;
}

/**
 * The memory of a callback as JSON gives it back.
 *
 * @throws {PairlabError} If it cannot be written as JSON.
 */
function stateOf(callback: Callback): Json | undefined {
  try {
    const state = callback.state?.();
    return state === undefined ? undefined : JSON.parse(JSON.stringify(state));
  } catch (error) {
    throw new PairlabError(
      `Cannot save the state of the callback "${callback.name}": ${
        messageOf(error)
      }. Return values that JSON can hold from its state()`,
      { cause: error },
    );
  }
}

/** The values of all variables at one moment. */
export interface Snapshot {
  /** Gives all variables the values that they had. */
  restore(): void;
  /** Frees the values; must be called in the end. */
  dispose(): void;
}

/**
 * Keeps the values of networks and optimizers. A step that changes a variable then works on a copy of
 * it, which costs time and as much memory again.
 */
export function takeSnapshot(trained: Trained): Snapshot {
  const values = [...variablesByFile(trained).values()].flatMap((named) =>
    [...named.values()].map((variable) => ({ variable, value: tf.keep(variable.clone()) }))
  );
  return {
    restore: () => values.forEach(({ variable, value }) => variable.assign(value)),
    dispose: () => tf.dispose(values.map(({ value }) => value)),
  };
}

/** How a training brings pictures to its networks. */
export function frameOf(
  { shape, wiring, levels }: Pick<TrainingParts, "shape" | "wiring" | "levels">,
): Required<Omit<GeneratorDescription, "step">> {
  const { resize = "cubic", fit = "resize", colours = "stored" } = wiring;
  return { shape, resize, fit, colours, levels };
}
