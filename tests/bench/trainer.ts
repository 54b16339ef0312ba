/** Training steps on random pictures, or on those of a file: what is measured. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor4D, Variable } from "@tensorflow/tfjs";
import { averageOf } from "../../core/train/average.ts";
import { trainOn } from "../../core/train/batch.ts";
import { canCompile, compile, type CompileMode } from "../../core/backends/compile.ts";
import { networkShape } from "../../core/model/colours.ts";
import { assignAll, checkFit, sourcesOf } from "../../core/runs/weights.ts";
import { PairlabError } from "../../core/base/errors.ts";
import { buildNetworks, generate, namedVariables } from "../../core/model/networks.ts";
import type {
  ImageShape,
  Pair,
  TaskShape,
  UpdateOrder,
  UpdateRule,
  Wiring,
} from "../../core/plugin.ts";
import {
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from "../../core/runs/safetensors.ts";
import { type Batch, createStep } from "../../core/train/step.ts";
import {
  optimizersOf,
  ratesAt,
  startOptimizers,
  type Updates,
} from "../../core/model/optimizers.ts";
import { stepFlops } from "./flops.ts";

/** What {@link createTrainer} builds. */
export interface TrainerOptions {
  readonly wiring: Wiring;
  readonly shape: TaskShape;
  readonly batch: number;
  readonly compile: CompileMode;
  /** @default 23 */
  readonly seed?: number;
  /** Called instead of each step, which it takes. */
  readonly aroundStep?: <T>(takeStep: () => Promise<T>) => Promise<T>;
}

/** Networks and optimizers that take one step after another. */
export interface Trainer {
  /** How the step is run: `off` where the engine cannot compile. */
  readonly compile: CompileMode;
  readonly order: UpdateOrder;
  /** What a step must compute at the least. */
  readonly flops: number;
  /** Takes a step and reads its losses. */
  step(): Promise<Record<string, number>>;
  /** The same on these pictures. */
  stepOn(pairs: readonly Pair[]): Promise<Record<string, number>>;
  /** Writes the weights of both networks: `generator/…`, `discriminator/…`. */
  save(path: string): Promise<void>;
  /** Takes the weights of a file that `save` wrote, or another framework in its form. */
  load(path: string): Promise<void>;
  /** Writes all that the training goes on from: weights, the optimizers' state, the step. */
  keep(path: string): Promise<void>;
  /** Goes on, bit for bit, from where {@link Trainer.keep} was called. */
  restore(path: string): Promise<void>;
  /**
   * Trains on the pictures of a file, batch after batch: `input` and `target`, `[count, height,
   * width, channels]` in -1…1.
   */
  usePictures(path: string): Promise<void>;
  /**
   * Writes G of each picture of a file's `input`, one at a time, as `fake` to another: without
   * dropout, by each picture's own statistics.
   */
  predict(path: string, to: string): Promise<void>;
}

/** Builds both networks, with random pictures to train on. */
export function createTrainer(
  { wiring, shape, batch, seed = 23, aroundStep = (body) => body(), ...options }: TrainerOptions,
): Trainer {
  const mode = canCompile() ? options.compile : "off";
  const networks = buildNetworks(wiring, shape, seed);
  const { order = "alternate" } = wiring;
  const optimizers = optimizersOf(wiring);
  const updates = startOptimizers(networks, optimizers);
  const compiled = compile(
    createStep({
      networks,
      losses: wiring.losses,
      updates,
      order,
      average: averageOf(networks, wiring),
    }),
    {
      name: "the training step",
      mode,
    },
  );
  const takeStep: typeof compiled = (...given) => aroundStep(() => compiled(...given));
  const rates = ratesAt(optimizers, { epoch: 0, epochs: 1, step: 0, stepsPerEpoch: 1 });
  const rateTensors = {
    generator: tf.scalar(rates.generator),
    discriminator: tf.scalar(rates.discriminator),
  };
  const seen = networkShape(shape, wiring.colours);
  let batches = [{
    input: randomPictures(batch, seen.input, seed),
    target: randomPictures(batch, seen.target, seed + 1),
  }];
  let done = 0;
  const kept = new Map([...variablesOf(networks), ...stateOf(updates)]);
  const predict = compile(
    (input: Tensor4D) => {
      const step = tf.scalar(0, "int32");
      return generate(networks.generator, input, {
        ...{ training: true, dropout: false, updateStatistics: false, step },
      });
    },
    { name: "a prediction", mode },
  );

  return {
    compile: mode,
    order,
    flops: batch * stepFlops(networks, order),
    step: async () => {
      const pictures: Batch = batches[done % batches.length]!;
      const step: Scalar = tf.scalar(++done, "int32");
      const report = (await takeStep(pictures, step, rateTensors, "both")).losses;
      const losses: Record<string, number> = {};
      for (const [name, scalar] of Object.entries(report)) losses[name] = (await scalar.data())[0]!;
      tf.dispose([step, report]);
      return losses;
    },
    stepOn: (pairs) => trainOn(pairs, { step: ++done, rates, colours: wiring.colours }, takeStep),
    save: async (path) => {
      await writeSafetensors(path, sourcesOf(variablesOf(networks)), {});
    },
    load: async (path) => {
      const { tensors } = await readSafetensors(path);
      checkFit(path, variablesOf(networks), tensors);
      assignAll(variablesOf(networks), tensors);
    },
    keep: async (path) => {
      await writeSafetensors(path, sourcesOf(kept), { step: `${done}` });
    },
    restore: async (path) => {
      const { tensors, metadata } = await readSafetensors(path);
      checkFit(path, kept, tensors);
      assignAll(kept, tensors);
      done = Number(metadata["step"]);
    },
    usePictures: async (path) => {
      const { tensors } = await readSafetensors(path);
      const inputs = splitPictures(path, "input", tensors, batch);
      const targets = splitPictures(path, "target", tensors, batch);
      tf.dispose(batches);
      batches = inputs.map((input, index) => ({ input, target: targets[index]! }));
    },
    predict: async (path, to) => {
      const { tensors } = await readSafetensors(path);
      const pictures = splitPictures(path, "input", tensors, 1);
      const fakes: Tensor4D[] = [];
      for (const picture of pictures) fakes.push(await predict(picture));
      const fake = tf.concat(fakes);
      const read = (): Promise<Float32Array> => fake.data<"float32">();
      const { shape } = fake;
      await writeSafetensors(to, [{ name: "fake", shape, dtype: "float32", read }], {});
      tf.dispose([pictures, fakes, fake]);
    },
  };
}

function randomPictures(batch: number, image: ImageShape, seed: number): Tensor4D {
  const { height, width, channels } = image;
  return tf.randomUniform([batch, height, width, channels], -1, 1, "float32", seed);
}

/** Every variable of both networks, by a name that other frameworks' scripts know too. */
function variablesOf(networks: ReturnType<typeof buildNetworks>): Map<string, Variable> {
  return new Map(
    Object.entries(networks).flatMap(([network, model]) =>
      [...namedVariables(model)].map(([name, variable]) =>
        [`${network}/${name}`, variable] as const
      )
    ),
  );
}

/** The variables of the optimizers, by names that no weight has. */
function stateOf(updates: Updates): Map<string, Variable> {
  return new Map(
    (Object.entries(updates) as [string, UpdateRule][]).flatMap(([network, { state }]) =>
      Object.entries(state).map(([name, variable]) =>
        [`optimizer/${network}/${name}`, variable] as const
      )
    ),
  );
}

function splitPictures(
  path: string,
  name: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  batch: number,
): Tensor4D[] {
  const stored = tensors.get(name);
  const [count = 0, height = 0, width = 0, channels = 0] = stored?.shape ?? [];
  if (stored?.shape.length !== 4 || count % batch !== 0 || count === 0) {
    throw new PairlabError(
      `Cannot train on "${path}": its "${name}" has the shape [${
        stored?.shape ?? "none"
      }], expected [a multiple of ${batch}, height, width, channels]`,
    );
  }
  const size = batch * height * width * channels;
  return Array.from({ length: count / batch }, (_, index) =>
    tf.tensor4d(
      stored.values.subarray(index * size, (index + 1) * size),
      [batch, height, width, channels],
    ));
}
