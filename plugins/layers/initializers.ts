import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import { statelessNormal } from "../../core/plugin.ts";

/** An initializer of tfjs. */
export type Initializer = ReturnType<typeof tf.initializers.zeros>;

/**
 * Initial weights, the option `initializer` of networks: `normal()`, `xavier()`, `kaiming()`,
 * `orthogonal()`, or your own function from a layer's seed to an initializer.
 */
export type InitialWeights = (seed: number) => Initializer;

/** The base class of initializers, which tfjs does not export. */
export const InitializerBase:
  & (abstract new () => Initializer)
  & Pick<typeof tf.serialization.Serializable, "fromConfig"> = Object.getPrototypeOf(
    tf.initializers.zeros().constructor,
  );

/** Options of {@link normal}. */
export interface NormalOptions {
  /** @default 0 */
  readonly mean?: number;
  /** @default 0.02 */
  readonly deviation?: number;
}

/** Standard normal numbers, keyed by a layer's seed. */
export function standardNormal(shape: readonly number[], seed: number): Tensor {
  return tf.tidy(() => statelessNormal(shape, tf.tensor1d([seed, 0], "int32")));
}

class StatelessNormal extends InitializerBase {
  static readonly className = "StatelessNormal";
  readonly #config: Required<NormalOptions> & { readonly seed: number };

  constructor({ seed, mean = 0, deviation = 0.02 }: NormalOptions & { seed: number }) {
    super();
    this.#config = { seed, mean, deviation };
  }

  override apply(shape: number[]): Tensor {
    const { seed, mean, deviation } = this.#config;
    return tf.tidy(() => tf.add(tf.mul(standardNormal(shape, seed), deviation), mean));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...this.#config };
  }
}
tf.serialization.registerClass(StatelessNormal);

/**
 * Normally distributed initial weights (the paper, section 6.2: mean 0, standard deviation 0.02). They
 * depend on seed and shape only, and are the same on every engine.
 *
 * @returns A function from a layer's seed, below 2^31, to its initializer.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { normal } from "./initializers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const initializer = normal({ deviation: 0.01 })(23);
 * assertEquals(initializer.apply([4]).arraySync(), initializer.apply([4]).arraySync());
 * ```
 */
export function normal(options: NormalOptions = {}): InitialWeights {
  return (seed) => new StatelessNormal({ ...options, seed });
}

/** Settings of {@link FanNormal}. */
interface FanNormalConfig {
  readonly seed: number;
  /** The standard deviation is `gain` / √fan. */
  readonly gain: number;
  /** The fan in, or the mean of fan in and fan out. */
  readonly fan: "in" | "mean";
}

class FanNormal extends InitializerBase {
  static readonly className = "FanNormal";
  readonly #config: FanNormalConfig;

  constructor(config: FanNormalConfig) {
    super();
    this.#config = config;
  }

  override apply(shape: number[]): Tensor {
    const { seed, gain, fan } = this.#config;
    const positions = shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
    const [fanIn, fanOut] = shape.slice(-2).map((channels) => channels * positions) as [
      number,
      number,
    ];
    const deviation = gain / Math.sqrt(fan === "in" ? fanIn : (fanIn + fanOut) / 2);
    return tf.tidy(() => tf.mul(standardNormal(shape, seed), deviation));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...this.#config };
  }
}
tf.serialization.registerClass(FanNormal);

/** Options of {@link xavier}. */
export interface XavierOptions {
  /** Factor of the deviation; 0.02 in pix2pix' PyTorch code. @default 1 */
  readonly gain?: number;
}

/**
 * Xavier initial weights (Glorot and Bengio 2010, equation 12, normally distributed): variance
 * 2 gain² / (fan in + fan out), which preserves the variance of features and gradients through
 * linear layers.
 *
 * @returns A function from a layer's seed to its initializer.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { xavier } from "./initializers.ts";
 * import { assert } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weights = xavier()(23).apply([3, 3, 32, 32]);
 * const deviation = tf.sqrt(tf.mean(tf.square(weights))).dataSync()[0] ?? NaN;
 * assert(Math.abs(deviation - Math.sqrt(2 / (9 * 64))) < 0.003);
 * ```
 */
export function xavier({ gain = 1 }: XavierOptions = {}): InitialWeights {
  return (seed) => new FanNormal({ seed, gain, fan: "mean" });
}

/** Options of {@link kaiming}. */
export interface KaimingOptions {
  /** Negative slope of the leaky ReLU that follows; 0 for ReLU. @default 0 */
  readonly slope?: number;
}

/**
 * Kaiming initial weights (He et al. 2015, equations 10 and 15, normally distributed): variance
 * 2 / ((1 + slope²) fan in), which preserves the variance of features through rectifiers.
 *
 * The fan of a transposed convolution is counted by its filters, as in PyTorch and Keras.
 *
 * @returns A function from a layer's seed to its initializer.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { kaiming } from "./initializers.ts";
 * import { assert } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weights = kaiming({ slope: 0.2 })(23).apply([4, 4, 32, 64]);
 * const deviation = tf.sqrt(tf.mean(tf.square(weights))).dataSync()[0] ?? NaN;
 * assert(Math.abs(deviation - Math.sqrt(2 / 1.04 / (16 * 32))) < 0.002);
 * ```
 */
export function kaiming({ slope = 0 }: KaimingOptions = {}): InitialWeights {
  const gain = Math.sqrt(2 / (1 + slope ** 2));
  return (seed) => new FanNormal({ seed, gain, fan: "in" });
}
