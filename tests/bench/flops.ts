/** What a step must compute at the least, counted from the layers. */
import type { layers, LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import type { Networks } from "../../core/model/networks.ts";
import type { UpdateOrder } from "../../core/plugin.ts";

/** A layer at one place of a network. */
interface Place {
  /** Of one forward pass for one picture. */
  readonly flops: number;
  readonly trainable: boolean;
  /** Something that is trained comes before it, so that its input needs a gradient. */
  readonly afterTrainable: boolean;
  /** The last input of the network comes before it: for D the picture that is judged. */
  readonly afterLastInput: boolean;
}

/**
 * Floating-point operations of one forward pass for one picture, a multiplication and an addition
 * counting as two.
 *
 * Counted are products with weights: convolutions, transposed ones, dense layers, and those of
 * plug-ins whose weights of two or more axes are used once for each position of the output (of the
 * input where the layer's name says "Transpose"). All the rest, a few operations for each number,
 * takes no time beside them. Padding counts as if it were picture, as is usual.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { forwardFlops } from "./flops.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const layers = [tf.layers.conv2d({ filters: 5, kernelSize: 3, inputShape: [4, 4, 2] })];
 * // 2x2 outputs of 5 filters, each of 3x3x2 products.
 * assertEquals(forwardFlops(tf.sequential({ layers })), 2 * (2 * 2 * 5) * (3 * 3 * 2));
 * ```
 */
export function forwardFlops(model: LayersModel): number {
  return sum(placesOf(model), ({ flops }) => flops);
}

/**
 * The least that one training step on one pair takes: G once, D once on the real and once on the
 * fake, and the gradients of both; of weights where they are trained, of inputs where something
 * trained comes before, and through D from its logits to the fake.
 *
 * @param order D first, then G against the new D (`alternate`), needs D's answer to the fake twice.
 */
export function stepFlops({ generator, discriminator }: Networks, order: UpdateOrder): number {
  const own = trainingFlops(placesOf(generator));
  if (discriminator === undefined) return own;
  const places = placesOf(discriminator);
  const throughD = sum(places, (place) => place.afterLastInput ? place.flops : 0);
  const again = order === "alternate" ? sum(places, ({ flops }) => flops) : 0;
  return own + 2 * trainingFlops(places) + throughD + again;
}

/** Forward, and the gradients of weights and inputs. */
function trainingFlops(places: readonly Place[]): number {
  return sum(
    places,
    ({ flops, trainable, afterTrainable }) =>
      flops * (1 + Number(trainable) + Number(afterTrainable)),
  );
}

/** What is known of a tensor: what comes before it. */
interface Origin {
  readonly trained: boolean;
  readonly lastInput: boolean;
}

/** Every use of a layer between inputs and outputs. */
function placesOf(model: LayersModel): Place[] {
  const places = new Map<string, Place>();
  const origins = new Map<number, Origin>();
  const lastInput = model.inputs.at(-1);
  const visit = (tensor: SymbolicTensor): Origin => {
    const known = origins.get(tensor.id);
    if (known !== undefined) return known;
    const before = tensor.inputs.map(visit);
    const { sourceLayer, nodeIndex } = tensor;
    const place: Place = {
      flops: flopsAt(sourceLayer, tensor),
      trainable: sourceLayer.trainableWeights.length > 0,
      afterTrainable: before.some(({ trained }) => trained),
      afterLastInput: tensor === lastInput || before.some(({ lastInput }) => lastInput),
    };
    // A layer of several outputs computes them all at once.
    places.set(`${sourceLayer.name} ${nodeIndex}`, place);
    const origin = {
      trained: place.trainable || place.afterTrainable,
      lastInput: place.afterLastInput,
    };
    origins.set(tensor.id, origin);
    return origin;
  };
  model.outputs.forEach(visit);
  return [...places.values()];
}

function flopsAt(layer: layers.Layer, output: SymbolicTensor): number {
  if (isModel(layer)) return forwardFlops(layer);
  const transposed = layer.getClassName().includes("Transpose");
  const positions = sum(
    transposed ? output.inputs : [output],
    ({ shape }) =>
      shape.slice(1, -1).reduce<number>((product, extent) => product * (extent ?? 1), 1),
  );
  const products = sum(
    layer.weights,
    ({ shape }) =>
      shape.length < 2 ? 0 : shape.reduce<number>((product, extent) => product * (extent ?? 1), 1),
  );
  return 2 * positions * products;
}

function isModel(layer: layers.Layer): layer is LayersModel {
  return "layers" in layer;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
