/** All variables of a training as they were at one moment. */
import * as tf from "@tensorflow/tfjs";
import { variablesByFile } from "../runs/weights.ts";
import type { Networks } from "../model/networks.ts";
import type { Updates } from "../model/optimizers.ts";

/** Values to go back to. */
export interface Snapshot {
  /** Gives all variables the values that they had. */
  restore(): void;
  /** Forgets the values; must be called in the end. */
  dispose(): void;
}

/**
 * Keeps what networks and optimizers hold now. A step that then changes a variable does so in a copy
 * of it, which costs time and as much memory again.
 */
export function takeSnapshot(networks: Networks, updates: Updates): Snapshot {
  const values = [...variablesByFile(networks, updates).values()].flatMap((named) =>
    [...named.values()].map((variable) => ({ variable, value: tf.keep(variable.clone()) }))
  );
  return {
    restore: () => values.forEach(({ variable, value }) => variable.assign(value)),
    dispose: () => tf.dispose(values.map(({ value }) => value)),
  };
}
