import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import { statelessNormal } from "../../core/plugin.ts";

/** An initial value that tfjs' layers take. */
export type Initializer = ReturnType<typeof tf.initializers.zeros>;

// tfjs recognises an initializer by its base class, which it does not export.
const InitializerBase:
  & (abstract new () => Initializer)
  & Pick<typeof tf.serialization.Serializable, "fromConfig"> = Object.getPrototypeOf(
    tf.initializers.zeros().constructor,
  );

/** Options of {@link normal}. */
export interface NormalOptions {
  /** Decides every number, together with the shape; below 2^31. */
  readonly seed: number;
  /** @default 0 */
  readonly mean?: number;
  /** @default 0.02 */
  readonly deviation?: number;
}

class StatelessNormal extends InitializerBase {
  static readonly className = "StatelessNormal";
  readonly #options: Required<NormalOptions>;

  constructor({ seed, mean = 0, deviation = 0.02 }: NormalOptions) {
    super();
    this.#options = { seed, mean, deviation };
  }

  override apply(shape: number[]): Tensor {
    const { seed, mean, deviation } = this.#options;
    return tf.tidy(() => {
      const standard = statelessNormal(shape, tf.tensor1d([seed, 0], "int32"));
      return tf.add(tf.mul(standard, deviation), mean);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...this.#options };
  }
}
tf.serialization.registerClass(StatelessNormal);

/**
 * Normally distributed initial values that depend on their seed and shape alone, on every engine
 * (the paper's section 6.2: mean 0, standard deviation 0.02).
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { normal } from "./initializers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const initializer = normal({ seed: 23 });
 * assertEquals(initializer.apply([4]).arraySync(), initializer.apply([4]).arraySync());
 * ```
 */
export function normal(options: NormalOptions): Initializer {
  return new StatelessNormal(options);
}
