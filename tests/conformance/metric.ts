/**
 * The suite for metrics, your own included:
 *
 *     conformsAsMetric("psnr", () => psnr());
 *
 * in a test file runs the whole suite; `conformsAsSetMetric` is that of measures of whole sets.
 */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { scoreOf } from "../../core/evaluate/better.ts";
import type { Comparison, Metric, MetricDescription, SetMetric } from "../../core/plugin.ts";
import { randomStream } from "../../core/random/stream.ts";
import { assertSame } from "./same.ts";

/** What a metric needs of its surroundings. */
export interface MetricNeeds {
  /** Height and width of the pictures. @default 32 and 32 */
  readonly size?: { readonly height: number; readonly width: number };
  /** The target itself is the best prediction. @default true */
  readonly faithful?: boolean;
}

const KEPT = "what `measure` makes is tidied up unless it is kept: no tf.keep, no tf.variable";

const SIZE = { height: 32, width: 32 };

/** Runs the suite for what `makeMetric` makes. */
export function conformsAsMetric(
  name: string,
  makeMetric: () => Metric,
  { size = SIZE, faithful = true }: MetricNeeds = {},
): void {
  describe(`${name} as a metric`, () => {
    before(() => tf.setBackend("cpu"));

    it("describes itself", () => assertDescribed(makeMetric()));

    for (const batch of [1, 3]) {
      it(`gives a finite number for each picture of a batch of ${batch}`, () =>
        withViews(batch, size, (views) => {
          const values = makeMetric().measure(views);
          assertEquals(
            values.shape,
            [batch],
            "the shape of its numbers, one for each picture: tf.mean(x, [1, 2, 3]) gives that",
          );
          assertEquals(values.dtype, "float32", "the type of its numbers");
          assert(values.dataSync().every(Number.isFinite), `${values}`);
        }));
    }

    it("gives a picture the same number in any batch", () =>
      withViews(3, size, (views) => {
        const metric = makeMetric();
        metric.measure(views).dataSync().forEach((value, index) => {
          const [alone] = metric.measure(sliceOf(views, index, 1)).dataSync();
          assertAlmostEquals(
            alone!,
            value,
            1e-5 * Math.max(1, Math.abs(value)),
            `picture ${
              index + 1
            } measures ${alone} alone and ${value} in a batch: no mean over the batch`,
          );
        });
      }));

    it("gives the same result twice, and changes nothing", () =>
      withViews(2, size, (views) => {
        const seen = [views.input, views.target, views.prediction];
        const before = seen.map((tensor) => tensor.dataSync().slice());
        const metric = makeMetric();
        const values = metric.measure(views).dataSync();
        assertEquals(
          metric.measure(views).dataSync(),
          values,
          "asked twice it says something else",
        );
        assertEquals(
          makeMetric().measure(views).dataSync(),
          values,
          "made twice it says something else",
        );
        assertSame(seen.map((tensor) => tensor.dataSync()), before, "the pictures have changed");
      }));

    it("is a number, if an infinite one, of what is perfect, and of pictures with nothing on them", () =>
      withViews(2, size, ({ input, target }) => {
        const plain = tf.zerosLike(target), black = tf.fill<tf.Rank.R4>(target.shape, -1);
        for (
          const views of [
            { input, target, prediction: target },
            { input: plain, target: plain, prediction: black },
            { input: black, target: black, prediction: black },
          ]
        ) {
          const values = makeMetric().measure(views).dataSync();
          assert(
            values.every((value) => !Number.isNaN(value)),
            `it gives ${values}: 0 / 0 needs an answer, e.g. by an epsilon`,
          );
        }
      }));

    it(
      "finds nothing better than the target",
      { skip: !faithful },
      () =>
        withViews(3, size, (views) => {
          const metric = makeMetric();
          const score = (value: number): number => scoreOf(value, metric.better);
          const perfect = metric.measure({ ...views, prediction: views.target }).dataSync();
          metric.measure(views).dataSync().forEach((value, index) =>
            assert(
              score(value) < score(perfect[index]!),
              `a prediction that is off has ${value}, the target itself ${
                perfect[index]
              }: is \`better\` "${metric.better}"? The suite's { faithful: false } says that this is meant`,
            )
          );
        }),
    );

    it("keeps no tensor", () =>
      withViews(2, size, (views) => {
        const metric = makeMetric();
        assertKeepsNothing(() => void tf.tidy(() => metric.measure(views).dataSync()));
      }));
  });
}

/** Runs the suite for what `makeMetric` makes. */
export function conformsAsSetMetric(
  name: string,
  makeMetric: () => SetMetric,
  { size = SIZE }: Pick<MetricNeeds, "size"> = {},
): void {
  const measure = async (metric: SetMetric, batches: readonly Comparison[]): Promise<number> => {
    const set = metric.start();
    for (const views of batches) await set.add(views);
    return set.finish();
  };

  describe(`${name} as a metric of sets`, () => {
    before(() => tf.setBackend("cpu"));

    it("describes itself", () => assertDescribed(makeMetric()));

    it("gives the same finite number, however the set is divided into batches", () =>
      withViews(4, size, async (views) => {
        const metric = makeMetric();
        const whole = await measure(metric, [views]);
        assert(Number.isFinite(whole), `${whole}`);
        const parts = [sliceOf(views, 0, 1), sliceOf(views, 1, 3)];
        assertAlmostEquals(await measure(metric, parts), whole, 1e-5 * Math.max(1, whole));
      }));

    it("keeps sets that are measured at once apart", () =>
      withViews(4, size, async (views) => {
        const metric = makeMetric();
        const expected = await measure(metric, [views]);
        const [set, other] = [metric.start(), metric.start()];
        await set.add(views);
        await other.add({ ...views, prediction: views.target });
        assertEquals(set.finish(), expected);
      }));

    it("finds nothing better than the targets", () =>
      withViews(4, size, async (views) => {
        const metric = makeMetric();
        const perfect = await measure(metric, [{ ...views, prediction: views.target }]);
        const value = await measure(metric, [views]);
        const score = (number: number): number => scoreOf(number, metric.better);
        assert(score(value) < score(perfect), `${value} against ${perfect}`);
      }));

    it("keeps no tensor", () =>
      withViews(2, size, async (views) => {
        const metric = makeMetric();
        await measure(metric, [views]);
        const { numTensors } = tf.memory();
        await measure(metric, [views]);
        assertEquals(tf.memory().numTensors, numTensors);
      }));
  });
}

function assertDescribed({ name, unit, better }: MetricDescription): void {
  // It is used in lists on the command line, file names and CSV headings.
  assertMatch(
    name,
    /^[A-Za-z0-9-]+$/,
    `its name is "${name}". Use letters, digits and hyphens`,
  );
  assert(unit === undefined || unit.trim() !== "", "its unit is empty");
  assert(["higher", "lower"].includes(`${better}`) || Number.isFinite(better), `${better}`);
}

/** Pictures of patches, and predictions that are off by noise. */
async function withViews(
  batch: number,
  { height, width }: { readonly height: number; readonly width: number },
  body: (views: Comparison) => void | Promise<void>,
): Promise<void> {
  const random = randomStream(23, "metric", batch);
  const shape: [number, number, number, number] = [batch, height, width, 3];
  const noise = (strength: number): Tensor4D =>
    tf.tensor4d(
      Float32Array.from(
        { length: batch * height * width * 3 },
        () => strength * (2 * random.uniform() - 1),
      ),
      shape,
    );
  const patches = (): Tensor4D =>
    tf.image.resizeNearestNeighbor(
      tf.tensor4d(
        Float32Array.from({ length: batch * 4 * 4 * 3 }, () => 1.4 * random.uniform() - 0.7),
        [batch, 4, 4, 3],
      ),
      [height, width],
    );
  const [input, target, prediction] = tf.tidy(() => {
    const colours = patches();
    const target = tf.add<Tensor4D>(colours, noise(0.1));
    const other = tf.add(tf.mul(target, 0.6), tf.mul(patches(), 0.3));
    return [colours, target, tf.add<Tensor4D>(other, noise(0.1))];
  });
  const views: Comparison = { input: input!, target: target!, prediction: prediction! };
  try {
    await body(views);
  } finally {
    tf.dispose([input!, target!, prediction!]);
  }
}

function sliceOf(views: Comparison, from: number, count: number): Comparison {
  const part = (tensor: Tensor4D): Tensor4D =>
    tf.slice(tensor, [from, 0, 0, 0], [count, -1, -1, -1]);
  return {
    input: part(views.input),
    target: part(views.target),
    prediction: part(views.prediction),
  };
}

function assertKeepsNothing(use: () => void): void {
  // It may keep what it makes at first use, such as constants.
  use();
  const { numTensors, numDataBuffers } = tf.memory();
  use();
  use();
  assertEquals(tf.memory().numTensors, numTensors, `tensors: ${KEPT}`);
  assertEquals(tf.memory().numDataBuffers, numDataBuffers, `buffers: ${KEPT}`);
}
