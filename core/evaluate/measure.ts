/** Measures pictures. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor1D } from "@tensorflow/tfjs";
import { roundPicture } from "../pictures/encode.ts";
import type { Comparison, Metric, SetMeasurement, SetMetric } from "../interfaces/metrics.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { toTensor } from "../model/tensors.ts";

/** A prediction, and the input and target it is compared with; target and prediction have one shape. */
export interface ComparedPictures {
  readonly input: Picture;
  readonly target: Picture;
  readonly prediction: Picture;
}

/** Values of pictures, in their order, and of sets of pictures, by the name of the metric. */
export interface Measured {
  readonly pictures: Readonly<Record<string, readonly number[]>>;
  readonly sets: Readonly<Record<string, number>>;
}

/** A measurement of pictures in batches. */
export interface Measurement {
  /** Measures one batch, all of one shape. */
  add(pictures: readonly ComparedPictures[]): Promise<void>;
  /** The values of all pictures added. */
  finish(): Measured;
}

/** Pictures in a batch. */
export const MEASURED_AT_ONCE = 8;

/** True for a measure of a whole set. */
export function isSetMetric(metric: Metric | SetMetric): metric is SetMetric {
  return "start" in metric;
}

/**
 * Starts a measurement. Pictures are first rounded as in their files (8 bits, or 16 for a 16-bit
 * target), so that the values can be computed again from the files.
 *
 * @throws {RangeError} If two metrics have one name; from `add`, if pictures differ in shape.
 * @throws {TypeError} From `add`, if a metric does not give one number for each picture.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { startMeasurement } from "./measure.ts";
 * import { mae } from "../../plugins/metrics/mae.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const black = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 };
 * const measurement = startMeasurement([mae()]);
 * await measurement.add([{ input: black, target: black, prediction: black }]);
 * assertEquals(measurement.finish().pictures, { mae: [0] });
 * ```
 */
export function startMeasurement(metrics: readonly (Metric | SetMetric)[]): Measurement {
  const pictures: Record<string, number[]> = {};
  const sets: Record<string, SetMeasurement> = {};
  const single = metrics.filter((metric): metric is Metric => !isSetMetric(metric));
  for (const metric of metrics) {
    if (metric.name in pictures || metric.name in sets) {
      throw new RangeError(
        `Cannot tell metrics apart: two are named "${metric.name}". Rename one: { ...metric, name: "another" }.`,
      );
    }
    if (isSetMetric(metric)) sets[metric.name] = metric.start();
    else pictures[metric.name] = [];
  }
  return {
    add: async (compared) => {
      const views = toComparison(compared);
      const values = tf.tidy(() => single.map((metric) => measureBatch(metric, views)));
      for (const [index, { name }] of single.entries()) {
        pictures[name]!.push(...await values[index]!.data());
      }
      for (const set of Object.values(sets)) await set.add(views);
      tf.dispose([...values, views.input, views.target, views.prediction]);
    },
    finish: () => ({
      pictures,
      sets: Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, set.finish()])),
    }),
  };
}

/**
 * Measures single pictures and sets.
 *
 * @throws {TypeError} If a metric does not give one number for each picture.
 * @throws {RangeError} If two metrics have one name, or pictures differ in shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { measurePictures } from "./measure.ts";
 * import { psnr } from "../../plugins/metrics/psnr.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const shape = { height: 1, width: 1, channels: 1 };
 * const grey = (level: number) => ({ ...shape, data: Uint8Array.of(level) });
 * const pair = { input: grey(0), target: grey(250), prediction: grey(5) };
 * const { pictures } = await measurePictures([psnr()], [pair]);
 * assertAlmostEquals(pictures["psnr"]?.[0] ?? NaN, 20 * Math.log10(255 / 245), 1e-5);
 * ```
 */
export async function measurePictures(
  metrics: readonly (Metric | SetMetric)[],
  pictures: readonly ComparedPictures[],
): Promise<Measured> {
  const measurement = startMeasurement(metrics);
  for (let from = 0; from < pictures.length; from += MEASURED_AT_ONCE) {
    await measurement.add(pictures.slice(from, from + MEASURED_AT_ONCE));
  }
  return measurement.finish();
}

function toComparison(compared: readonly ComparedPictures[]): Comparison {
  const batchOf = (side: keyof ComparedPictures) =>
    toTensor(compared.map((pictures) => roundPicture(pictures[side])));
  return {
    input: batchOf("input"),
    target: batchOf("target"),
    prediction: batchOf("prediction"),
  };
}

function measureBatch(metric: Metric, views: Comparison): Tensor1D {
  const values = metric.measure(views);
  const [count] = views.target.shape;
  if (values.shape.length === 1 && values.shape[0] === count) return values;
  throw new TypeError(
    `Cannot use the metric "${metric.name}": it returns the shape [${values.shape}] for ${count} pictures. Return [${count}], a value for each.`,
  );
}
