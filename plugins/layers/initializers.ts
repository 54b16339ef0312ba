import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import { statelessNormal } from "../../core/plugin.ts";

/** An initial value that tfjs' layers take. */
export type Initializer = ReturnType<typeof tf.initializers.zeros>;

/**
 * How weights begin, as networks take it for their option `initializer`: `normal()`, `xavier()`,
 * `kaiming()`, `orthogonal()`, or a function of your own from a layer's seed to an initializer.
 */
export type InitialWeights = (seed: number) => Initializer;

/** tfjs recognises an initializer by its base class, which it does not export. */
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

/** Standard normal numbers for the weights of a layer. */
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
 * Normally distributed initial values that depend on their seed and shape alone, on every engine
 * (the paper's section 6.2: mean 0, standard deviation 0.02).
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

/** How {@link FanNormal} draws. */
interface FanNormalConfig {
  readonly seed: number;
  /** The standard deviation is this by the root of the fan. */
  readonly gain: number;
  /** The numbers that go into an output, or the mean of these and of those that go out of one. */
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
  /** Multiplies the deviation; pix2pix' PyTorch code has 0.02. @default 1 */
  readonly gain?: number;
}

/**
 * Xavier initial weights (Glorot and Bengio 2010, equation 12, normally distributed): variance
 * 2 gain² / (fan in + fan out), which keeps that of features and gradients where layers are linear.
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
  /** Slope below 0 of the leaky ReLU that follows; 0 for a ReLU. @default 0 */
  readonly slope?: number;
}

/**
 * Kaiming initial weights (He et al. 2015, equations 10 and 15, normally distributed): variance
 * 2 / ((1 + slope²) fan in), which keeps that of features through rectifiers.
 *
 * The fan of a transposed convolution is counted as PyTorch and Keras count it, by its filters.
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
