/** The layers that only NAFNet has. */
import * as tf from "@tensorflow/tfjs";
import type { LayerVariable, SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import { UnaryLayer } from "../../layers/layer.ts";

class SimpleGate extends UnaryLayer {
  static readonly className = "SimpleGate";
  /** See `receptiveField`. */
  readonly pointwise = true;

  override computeOutputShape(inputShape: number[]): number[] {
    return [...inputShape.slice(0, -1), inputShape.at(-1)! / 2];
  }

  protected override compute(x: Tensor): Tensor {
    const [first, second] = tf.split(x, 2, -1);
    return tf.mul(first!, second!);
  }
}
tf.serialization.registerClass(SimpleGate);

/** Multiplies the first half of the channels by the second (the paper's equation 4). */
export function simpleGate(x: SymbolicTensor, name: string): SymbolicTensor {
  return new SimpleGate({ name }).apply(x) as SymbolicTensor;
}

class ChannelMeans extends UnaryLayer {
  static readonly className = "ChannelMeans";

  override computeOutputShape([batch, , , channels]: number[]): number[] {
    return [batch!, 1, 1, channels!];
  }

  protected override compute(x: Tensor): Tensor {
    return tf.mean(x, [1, 2], true);
  }
}
tf.serialization.registerClass(ChannelMeans);

/** The mean of each channel, `[batch, 1, 1, channels]`. */
export function channelMeans(x: SymbolicTensor, name: string): SymbolicTensor {
  return new ChannelMeans({ name }).apply(x) as SymbolicTensor;
}

class ChannelScales extends UnaryLayer<{ readonly initial: number }> {
  static readonly className = "ChannelScales";
  /** See `receptiveField`. */
  readonly pointwise = true;
  // tfjs calls build() before call().
  #scales!: LayerVariable;

  override build(inputShape: number[]): void {
    const initial = tf.initializers.constant({ value: this.config.initial });
    this.#scales = this.addWeight("scales", inputShape.slice(-1), "float32", initial);
    this.built = true;
  }

  protected override compute(x: Tensor): Tensor {
    return tf.mul(x, this.#scales.read());
  }
}
tf.serialization.registerClass(ChannelScales);

/** Multiplies each channel by a weight. */
export function channelScales(x: SymbolicTensor, name: string, initial: number): SymbolicTensor {
  return new ChannelScales({ name, initial }).apply(x) as SymbolicTensor;
}

/** Clips to -1…1; the gradient passes unclipped, so that values beyond the range are pulled back. */
const clip = tf.customGrad((x) => ({
  value: tf.clipByValue(x as Tensor, -1, 1),
  gradFunc: (dy: Tensor) => dy,
}));

class PictureRange extends UnaryLayer {
  static readonly className = "PictureRange";
  /** See `receptiveField`. */
  readonly pointwise = true;

  protected override compute(x: Tensor): Tensor {
    return clip(x);
  }
}
tf.serialization.registerClass(PictureRange);

/** Clips to the range of pictures, -1…1, and passes gradients unclipped. */
export function pictureRange(x: SymbolicTensor, name: string): SymbolicTensor {
  return new PictureRange({ name }).apply(x) as SymbolicTensor;
}
