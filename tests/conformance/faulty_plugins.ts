/** Plug-ins with a fault each, which their suites must find: `suites_test.ts` runs this file. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar } from "@tensorflow/tfjs";
import { convolution, psnr, syntheticFlowers, zerosFor } from "../../mod.ts";
import type { Callback, DataSource, Generator, Pair } from "../../mod.ts";
import { conformance, taskOf } from "./mod.ts";

const small = { shapes: [taskOf(8)] };

/** A generator of two layers, by its faults. */
const generatorWith =
  ({ range = 1, named = true, seeded = true, used = true }): Generator =>
  ({ input, target }, seed) => {
    const x = tf.input({ shape: [input.height, input.width, input.channels], name: "input" });
    const layer = tf.layers.conv2d({
      ...named ? { name: "own" } : {},
      filters: target.channels,
      kernelSize: 1,
      kernelInitializer: tf.initializers.glorotUniform(seeded ? { seed } : {}),
    });
    const y = layer.apply(x) as tf.SymbolicTensor;
    const idle = convolution(y, { name: "idle", seed, filters: 3, stride: 1, bias: false });
    const dead = tf.layers.reLU({ name: "dead", maxValue: 0 });
    const summed = tf.layers.add({ name: "sum" })
      .apply([y, used ? idle : dead.apply(idle) as tf.SymbolicTensor]) as tf.SymbolicTensor;
    const tanh = tf.layers.activation({ name: "tanh", activation: "tanh" });
    const linear = tf.layers.activation({ name: "linear", activation: "linear" });
    const outputs = (range === 1 ? tanh : linear).apply(summed) as tf.SymbolicTensor;
    return tf.model({ inputs: x, outputs });
  };

conformance.generator("[a generator that leaves -1…1]", generatorWith({ range: 9 }), small);
conformance.generator("[a generator without names]", generatorWith({ named: false }), small);
conformance.generator("[a generator without a seed]", generatorWith({ seeded: false }), small);
conformance.generator("[a generator with a dead end]", generatorWith({ used: false }), small);

conformance.loss("[a loss of the first picture]", () => ({
  generator: ({ fake }) => tf.mean(tf.slice(fake, 0, 1)),
}));
conformance.loss("[a loss with a bare root]", () => ({
  generator: ({ target, fake }) => tf.mean(tf.sqrt(tf.squaredDifference(target, fake))),
}));
conformance.loss("[a loss that keeps]", () => ({
  generator: ({ fake }) => tf.mean(tf.mul(fake, tf.keep(tf.scalar(1)))),
}));
conformance.loss("[a loss that counts]", () => {
  let calls = 0;
  return { generator: ({ fake }) => tf.mul(tf.mean<Scalar>(tf.abs(fake)), ++calls) };
});

conformance.optimizer("[an optimizer with a hidden memory]", () => ({
  rate: 1e-3,
  start: (variables) => {
    const sums = zerosFor(variables);
    return {
      state: {},
      apply: (gradients, rate) =>
        variables.forEach((variable, index) => {
          const sum = sums[index]!;
          sum.assign(tf.add(sum, gradients[index]!));
          variable.assign(tf.sub(variable, tf.mul(sum, rate)));
        }),
    };
  },
}));

conformance.schedule("[a schedule that remembers]", () => {
  let rate = 1;
  return () => rate *= 0.9;
});

conformance.augment("[an augment of one side]", () => ({ input, ...pair }: Pair, random) => {
  const gain = random.uniform();
  const data = input.data.map((value) => value * gain) as typeof input.data;
  return { ...pair, input: { ...input, data } };
});

conformance.degradation("[a degradation in place]", () => ({
  name: "inPlace",
  apply: (picture, random) => {
    picture.data[0] = random.integer(9);
    return { picture, parameters: { level: picture.data[0] } };
  },
}));

conformance.data("[data of another fingerprint each time]", (): DataSource => {
  const source = syntheticFlowers({ count: 3, size: 16 });
  return {
    open: async () => ({ ...await source.open(), fingerprint: `made at ${performance.now()}` }),
  };
});

conformance.metric("[a metric of the whole batch]", () => ({
  ...psnr(),
  measure: ({ target, prediction }) =>
    tf.fill<tf.Rank.R1>([target.shape[0]], tf.sum(tf.sub(target, prediction)).dataSync()[0]!),
}));

/** Asks for a checkpoint after every so many steps. */
const savingEvery = (steps: number, remembers: boolean): Callback => {
  let seen = 0;
  return {
    name: "saving",
    ...remembers ? { state: () => Infinity, restore: () => {} } : {},
    onStepEnd: (run) => {
      if (++seen % steps === 0) run.save();
    },
  };
};
conformance.callback("[a callback that forgets]", () => savingEvery(4, false));
conformance.callback("[a callback that remembers Infinity]", () => savingEvery(4, true));
conformance.callback("[a callback with a slip]", () => ({
  ...savingEvery(4, false),
  onEpochEnds: () => {},
}));
conformance.callback("[a callback that throws]", () => ({
  name: "throwing",
  onEpochEnd: () => {
    throw new Error("no more paper");
  },
}));
conformance.callback("[a callback with tensors]", () => ({
  name: "tensors",
  onStepEnd: () => void tf.scalar(1),
}));
conformance.callback("[a callback with an unnamed record]", () => ({
  name: "unnamed",
  onEpochEnd: (run) => run.record({ pace: 1 }),
}));
