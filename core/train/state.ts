/** What of a training moves: the weights, what learns them, the position, the log. */
import { restoreCallbacks } from "./callback_states.ts";
import { networkShape } from "../model/colours.ts";
import type { CompileMode } from "../backends/compile.ts";
import { type LoadedCheckpoint, restoreCheckpoint } from "../runs/checkpoint.ts";
import type { NotFinitePolicy } from "../runs/run_folder.ts";
import { EMPTY_LOG, type MetricsLog, openMetricsLog } from "../runs/metrics_log.ts";
import { buildNetworks, type Networks } from "../model/networks.ts";
import type { Callback } from "../interfaces/callbacks.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { TaskShape } from "../interfaces/networks.ts";
import type { Dataset } from "../interfaces/pictures.ts";
import type { Position } from "../runs/checkpoint_state.ts";
import { positionOf, START } from "./position.ts";
import type { GeneratorDescription } from "../predict/predict.ts";
import { openReplay, type ReplayPool } from "./replay.ts";
import { optimizersOf, startOptimizers, type Updates } from "../model/optimizers.ts";

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

/** Where a training is; a checkpoint holds all of it. */
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
  { wiring, shape, folder, seed, checkpoint }: TrainingParts,
): Promise<TrainingState> {
  const networks = buildNetworks(wiring, shape, seed);
  for (const loss of Object.values(wiring.losses)) await loss.prepare?.();
  const updates = startOptimizers(networks, optimizersOf(wiring));
  const { replay: pool, colours, callbacks = [] } = wiring;
  const replay = pool === undefined || pool.size === 0
    ? undefined
    : openReplay(pool, networkShape(shape, colours), seed);
  const stopped = checkpoint?.state.stopped ?? null;
  const state = { networks, updates, replay, callbacks, position: START, stopped };
  if (checkpoint !== undefined) restore(state, checkpoint);
  const mark = checkpoint === undefined ? EMPTY_LOG : checkpoint.state.log;
  return { ...state, log: await openMetricsLog(folder, { ...state.position, mark }) };
}

/** Goes back to a checkpoint of this run; what the log holds beyond it is dropped. */
export async function goBackTo(
  checkpoint: LoadedCheckpoint,
  state: TrainingState,
  folder: string,
): Promise<void> {
  restore(state, checkpoint);
  state.log = await openMetricsLog(folder, { ...state.position, mark: checkpoint.state.log });
}

function restore(state: Omit<TrainingState, "log">, checkpoint: LoadedCheckpoint): void {
  restoreCheckpoint(checkpoint, state.networks, state.updates, state.replay);
  restoreCallbacks(state.callbacks, checkpoint.state.callbacks);
  state.position = positionOf(checkpoint.state);
}

/** How a training brings pictures to its networks. */
export function frameOf(
  { shape, wiring }: Pick<TrainingParts, "shape" | "wiring">,
): Required<Omit<GeneratorDescription, "step">> {
  const { resize = "cubic", fit = "resize", colours = "stored" } = wiring;
  return { shape, resize, fit, colours };
}
