import * as tf from "@tensorflow/tfjs";
import type { LayerVariable, SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import { PairlabError } from "../../core/plugin.ts";
import { UnaryLayer } from "./layer.ts";
import type { Norm } from "./norm.ts";

/** Options of {@link groupNorm}. */
export interface GroupNormOptions {
  /** Number of groups; must divide the channels. @default 32 */
  readonly groups?: number;
  /** Added to the variance. @default 1e-5 */
  readonly epsilon?: number;
  /** Learns a scale and an offset per channel. @default true */
  readonly affine?: boolean;
}

class GroupNorm extends UnaryLayer<Required<GroupNormOptions>> {
  static readonly className = "GroupNorm";
  /** See `receptiveField`. */
  readonly pointwise = true;
  #scale?: LayerVariable;
  #offset?: LayerVariable;

  override build(inputShape: number[]): void {
    if (this.config.affine) {
      const channels = inputShape.slice(-1);
      this.#scale = this.addWeight("gamma", channels, "float32", tf.initializers.ones());
      this.#offset = this.addWeight("beta", channels, "float32", tf.initializers.zeros());
    }
    this.built = true;
  }

  // These ops are differentiable any number of times, for losses on gradients.
  protected override compute(x: Tensor): Tensor {
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const { groups, epsilon } = this.config;
    const grouped = tf.reshape(x, [batch, height * width, groups, channels / groups]);
    const centred = tf.sub(grouped, tf.mean(grouped, [1, 3], true));
    const variance = tf.mean(tf.square(centred), [1, 3], true);
    const normalised = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
    const y = tf.reshape(normalised, x.shape);
    if (this.#scale === undefined || this.#offset === undefined) return y;
    return tf.add(tf.mul(y, this.#scale.read()), this.#offset.read());
  }
}
tf.serialization.registerClass(GroupNorm);

/**
 * The layer of {@link groupNorm}, under a given name.
 *
 * @throws {PairlabError} If the number of groups does not divide the channels.
 */
export function normaliseGroups(
  x: SymbolicTensor,
  args: Required<GroupNormOptions> & { readonly name: string },
): SymbolicTensor {
  const channels = x.shape.at(-1) ?? 0;
  if (!(args.groups >= 1 && channels % args.groups === 0)) {
    throw new PairlabError(
      `Cannot normalise ${channels} channels in ${args.groups} groups in "${args.name}". Use a number of groups that divides ${channels}.`,
    );
  }
  return new GroupNorm(args).apply(x) as SymbolicTensor;
}

/**
 * Group normalisation (Wu and He 2018), per picture over height, width and the channels of a group;
 * the same in every mode and for every batch size.
 *
 * @returns A norm that keeps the shape; its layer is named `BLOCK_group_norm`.
 * @throws {PairlabError} When applied, if the number of groups does not divide the channels.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { groupNorm } from "./group_norm.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [1, 2, 2] });
 * const outputs = groupNorm({ groups: 1, epsilon: 0 })(input, { name: "down2", seed: 23 });
 * const model = tf.model({ inputs: input, outputs });
 * const y = model.apply(tf.tensor4d([1, 1, 3, 3], [1, 1, 2, 2])) as tf.Tensor;
 * assertEquals([...y.dataSync()], [-1, -1, 1, 1]);
 * ```
 */
export function groupNorm(
  { groups = 32, epsilon = 1e-5, affine = true }: GroupNormOptions = {},
): Norm {
  return (x, block) =>
    normaliseGroups(x, { name: `${block.name}_group_norm`, groups, epsilon, affine });
}
