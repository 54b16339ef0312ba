/** A pool of earlier fakes; D sees some of them instead of new ones. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import type { ReplayOptions } from "../interfaces/experiment.ts";
import type { TaskShape } from "../interfaces/networks.ts";
import type { ImageShape } from "../interfaces/pictures.ts";
import { type Random, randomStream } from "../random/stream.ts";
import type { StoredTensor, TensorSource } from "../runs/safetensors.ts";
import type { Triplet } from "./objective.ts";

/** A draw from a pool: as many triplets as the batch has, and the choice among both. */
export type Replayed = Triplet & {
  /** int32 `[batch]`: indices into the batch followed by the triplets drawn. */
  readonly choice: Tensor1D;
};

/** The triplets that D sees: those of the batch, some replaced by those of the pool. */
export function replace(now: Triplet, { choice, ...earlier }: Replayed): Triplet {
  const pick = (part: keyof Triplet): Tensor4D =>
    tf.gather(tf.concat([now[part], earlier[part]]), choice) as Tensor4D;
  return { input: pick("input"), target: pick("target"), fake: pick("fake") };
}

/** What a batch takes from a pool and leaves in it. */
export interface ReplayPlan {
  /** For each picture of the batch what is shown: a place in the batch, or batch + such a place. */
  readonly choice: readonly number[];
  /** For each picture of the batch the place in the pool that `choice` may mean; null for none. */
  readonly taken: readonly (number | null)[];
  /** Places in the pool, and which picture of the batch is there afterwards. */
  readonly kept: ReadonlyMap<number, number>;
}

/**
 * Plans a batch, picture by picture: while the pool is not full a picture is kept and shown; later
 * it is shown, or with `probability` kept in the place of one from the pool, which is shown instead
 * (`ImagePool` of pytorch-CycleGAN-and-pix2pix).
 *
 * @param filled How many pictures the pool holds.
 */
export function planReplay(
  random: Random,
  { size, probability = 0.5 }: ReplayOptions,
  filled: number,
  batch: number,
): ReplayPlan {
  const choice: number[] = [];
  const taken: (number | null)[] = [];
  const kept = new Map<number, number>();
  for (let index = 0; index < batch; index++) {
    choice.push(index);
    taken.push(null);
    if (filled < size) {
      kept.set(filled++, index);
      continue;
    }
    if (random.uniform() >= probability) continue;
    const place = random.integer(size);
    // It may hold a picture of this very batch by now.
    choice[index] = kept.get(place) ?? batch + index;
    if (!kept.has(place)) taken[index] = place;
    kept.set(place, index);
  }
  return { choice, taken, kept };
}

/** The draw of one step. */
export interface Draw {
  /** The caller disposes them. */
  readonly tensors: Replayed;
  /** Puts new fakes into the pool after the step; the tensors stay the caller's. */
  keep(pictures: Triplet): Promise<void>;
}

/** A pool of earlier fakes. */
export interface ReplayPool {
  /** @param step With the seed it decides what is drawn. @param batch Pictures. */
  draw(step: number, batch: number): Draw;
  /** Its arrays in a checkpoint: `input`, `target` and `fake`, `[pictures, …shape]`. */
  sources(): TensorSource[];
  /** Takes the arrays of a checkpoint; undefined empties it. */
  restore(stored: ReadonlyMap<string, StoredTensor> | undefined): void;
}

type Part = keyof Triplet;
const PARTS: readonly Part[] = ["input", "target", "fake"];

/** Opens an empty pool. */
export function openReplay(options: ReplayOptions, shape: TaskShape, seed: number): ReplayPool {
  const extents = (part: Part): [number, number, number] => {
    const { height, width, channels }: ImageShape = part === "input" ? shape.input : shape.target;
    return [height, width, channels];
  };
  const sizeOf = (part: Part): number => tf.util.sizeFromShape(extents(part));
  const pool: Record<Part, Float32Array>[] = [];

  const tensorOf = (part: Part, places: readonly (number | null)[]): Tensor4D => {
    const values = new Float32Array(places.length * sizeOf(part));
    places.forEach((place, index) => {
      if (place !== null) values.set(pool[place]![part], index * sizeOf(part));
    });
    return tf.tensor4d(values, [places.length, ...extents(part)]);
  };

  return {
    draw: (step, batch) => {
      const random = randomStream(seed, "replay", step);
      const { choice, taken, kept } = planReplay(random, options, pool.length, batch);
      return {
        tensors: {
          input: tensorOf("input", taken),
          target: tensorOf("target", taken),
          fake: tensorOf("fake", taken),
          choice: tf.tensor1d([...choice], "int32"),
        },
        keep: async (pictures) => {
          if (kept.size === 0) return;
          const [input, target, fake] = await Promise.all(
            PARTS.map((part) => pictures[part].data<"float32">()),
          ) as [Float32Array, Float32Array, Float32Array];
          const cut = (values: Float32Array, index: number): Float32Array =>
            values.slice(index * values.length / batch, (index + 1) * values.length / batch);
          for (const [place, index] of kept) {
            pool[place] = {
              input: cut(input, index),
              target: cut(target, index),
              fake: cut(fake, index),
            };
          }
        },
      };
    },
    sources: () =>
      PARTS.map((part) => ({
        name: part,
        shape: [pool.length, ...extents(part)],
        dtype: "float32",
        read: () => {
          const values = new Float32Array(pool.length * sizeOf(part));
          pool.forEach((picture, index) => values.set(picture[part], index * sizeOf(part)));
          return Promise.resolve(values);
        },
      })),
    restore: (stored) => {
      pool.length = 0;
      const count = Math.min(stored?.get("fake")?.shape[0] ?? 0, options.size);
      for (const part of PARTS) {
        const found = stored?.get(part)?.shape.slice(1);
        if (found === undefined || found.join() === extents(part).join()) continue;
        throw new PairlabError(
          `Cannot restore the pool of fakes: it holds pictures of [${found}] where this experiment has [${
            extents(part)
          }]. Restore the experiment of that time`,
        );
      }
      for (let index = 0; index < count; index++) {
        const cut = (part: Part): Float32Array =>
          stored!.get(part)!.values.slice(
            index * sizeOf(part),
            (index + 1) * sizeOf(part),
          ) as Float32Array;
        pool.push({ input: cut("input"), target: cut("target"), fake: cut("fake") });
      }
    },
  };
}
