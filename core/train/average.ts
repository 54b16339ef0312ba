/** A moving average of G's weights. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import type { Networks } from "../model/networks.ts";
import { moveTowards } from "../ops/move_towards.ts";
import type { Wiring } from "../interfaces/experiment.ts";

/** The function that moves the average after an update of G, if the experiment asks for one. */
export function averageOf(
  { generator, averaged }: Networks,
  { average, discriminatorSteps: every = 1 }: Pick<Wiring, "average" | "discriminatorSteps">,
): ((step: Scalar) => void) | undefined {
  if (average === undefined || averaged === undefined) return undefined;
  return follow(generator, averaged, { ...average, every });
}

/** How fast an average follows. */
export interface FollowOptions {
  /** The share of the average that an update keeps, once enough updates have been made. */
  readonly decay: number;
  /** Steps from one update of the network to the next. @default 1 */
  readonly every?: number;
}

/**
 * Makes the function that moves the average after an update of the network.
 *
 * average = d average + (1 - d) weight, where d is `decay`, or less in the first updates, so that the
 * initial weights are soon forgotten: (1 + n) / (10 + n) after n updates, as in TensorFlow's
 * `ExponentialMovingAverage` with `num_updates`.
 *
 * Weights without a gradient (batch norm's moving statistics, spectral norm's vectors) are copied, as
 * Torch's `AveragedModel` copies buffers: they are moving averages themselves.
 *
 * @param averaged A network of the same architecture.
 * @returns Takes the number of the step, int32, 1 for the first; for use in a compiled step.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { follow } from "./average.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const build = (value: number) =>
 *   tf.sequential({
 *     layers: [tf.layers.dense({
 *       units: 1,
 *       inputShape: [1],
 *       useBias: false,
 *       kernelInitializer: tf.initializers.constant({ value }),
 *     })],
 *   });
 * const [network, averaged] = [build(1), build(0)];
 * const update = follow(network, averaged, { decay: 0.999 });
 * update(tf.scalar(1, "int32"));
 * assertAlmostEquals(averaged.weights[0]?.read().dataSync()[0] ?? NaN, 0.9, 1e-6);
 * ```
 */
export function follow(
  network: LayersModel,
  averaged: LayersModel,
  { decay, every = 1 }: FollowOptions,
): (step: Scalar) => void {
  const pairs = (weights: "trainableWeights" | "nonTrainableWeights"): [Variable, Tensor][] =>
    averaged[weights].map((weight, index) => [
      weight.read() as Variable,
      network[weights][index]!.read(),
    ]);
  const followed = pairs("trainableWeights");
  const copied = pairs("nonTrainableWeights");
  return (step) =>
    tf.tidy(() => {
      // The first update has n = 0.
      const updates = tf.div(tf.cast(step, "float32"), every);
      const kept = tf.minimum(tf.div(updates, tf.add(updates, 9)), decay);
      const share = tf.sub<Scalar>(1, kept);
      for (const [average, weight] of followed) moveTowards(average, weight, share);
      for (const [copy, value] of copied) copy.assign(value);
    });
}
