/** The network of `fixtures/make_metrics.py`. */
import * as tf from "@tensorflow/tfjs";
import { numbers } from "../../fidelity/numbers.ts";

/** Two convolutions and a dense layer, without biases. */
export function smallNetwork(): tf.LayersModel {
  const convolution = { kernelSize: 3, activation: "relu" as const, useBias: false };
  const network = tf.sequential({
    layers: [
      tf.layers.conv2d({ ...convolution, name: "early", filters: 6, inputShape: [64, 64, 3] }),
      tf.layers.conv2d({ ...convolution, name: "late", filters: 8, strides: 2 }),
      tf.layers.globalAveragePooling2d({ name: "mean" }),
      tf.layers.dense({ name: "dense", units: 24, useBias: false }),
    ],
  });
  for (const layer of network.layers) {
    for (const { shape } of layer.weights) {
      const extents = shape as number[];
      const size = extents.reduce((a, b) => a * b);
      layer.setWeights([tf.tensor(numbers(`${layer.name}/kernel`, size, -0.5, 0.5), extents)]);
    }
  }
  return network;
}
