/** Pictures by formula, the same as `fixtures/make_metrics.py` makes, and what it says of them. */
import { assert } from "@std/assert";
import { type ComparedPictures, measurePictures } from "../../../core/evaluate/measure.ts";
import type { Metric, Picture } from "../../../core/plugin.ts";
import { assertWithin, numbers } from "../../fidelity/numbers.ts";
import expected from "./fixtures/metrics.json" with { type: "json" };

/** Height and width of the pictures by name. */
const SIZES: Readonly<Record<string, readonly [number, number]>> = {
  small: [40, 48],
  square: [64, 64],
  large: [176, 192],
};

/** Patches of 8 pixels, blended, with noise of some levels on top: 8-bit RGB. */
function picture(name: string, height: number, width: number, detail: number): Picture {
  const rows = Math.floor(height / 8) + 2, columns = Math.floor(width / 8) + 2;
  const coarse = numbers(`${name} coarse`, rows * columns * 3, -20, 275);
  const noise = numbers(`${name} fine`, height * width * 3, -1, 1);
  const at = (row: number, column: number, channel: number): number =>
    coarse[(row * columns + column) * 3 + channel]!;
  const data = Uint8Array.from({ length: height * width * 3 }, (_, index) => {
    const channel = index % 3, x = Math.floor(index / 3) % width, y = Math.floor(index / 3 / width);
    const [row, column, fy, fx] = [y >> 3, x >> 3, (y % 8) / 8, (x % 8) / 8];
    const across = (r: number): number =>
      (1 - fx) * at(r, column, channel) + fx * at(r, column + 1, channel);
    const value = (1 - fy) * across(row) + fy * across(row + 1) + noise[index]! * detail;
    return Math.floor(Math.min(255, Math.max(0, value)) + 0.5);
  });
  return { data, height, width, channels: 3 };
}

/** A soft input, a target with detail, and a prediction between the two. */
export function compared(name: string, height: number, width: number): ComparedPictures {
  const target = picture(name, height, width, 32), input = picture(name, height, width, 4);
  const data = Uint8Array.from(
    target.data,
    (level, index) => (3 * level + 5 * input.data[index]! + 4) >> 3,
  );
  return { input, target, prediction: { ...target, data } };
}

/** The pictures of the sets, 64x64. */
export function comparedSet(count: number): ComparedPictures[] {
  return Array.from({ length: count }, (_, index) => compared(`square ${index}`, 64, 64));
}

/** Whether a metric gives the numbers of the fixture, for pictures of each size and for a batch. */
export async function assertMeasures(
  metric: Metric,
  key: string = metric.name,
  tolerance = 1e-5,
): Promise<void> {
  const check = async (
    what: string,
    pictures: readonly ComparedPictures[],
    values: readonly number[],
    undecided: readonly number[],
  ): Promise<void> => {
    const found = (await measurePictures([metric], pictures)).pictures[metric.name]!;
    values.forEach((value, index) => {
      const allowed = tolerance * Math.max(1, Math.abs(value)) + (undecided[index] ?? 0);
      assertWithin(`${key} of ${what}`, found[index]!, value, allowed);
    });
  };
  let checked = 0;
  for (const [name, values] of Object.entries(expected.one) as [string, Values][]) {
    const [height, width] = SIZES[name]!;
    const pictures = [compared(`${name} 0`, height, width)];
    const value = values[key];
    assert(value !== undefined, `the fixture says nothing of ${key}`);
    await check(name, pictures, [value], [values[`${key} undecided`] ?? 0]);
    checked++;
  }
  const batch = expected.batch as Readonly<Record<string, readonly number[]>>;
  await check("a batch", comparedSet(3), batch[key]!, batch[`${key} undecided`] ?? []);
  assert(checked === 3);
}

type Values = Readonly<Record<string, number | undefined>>;

/** Pictures of one level each, one for the whole picture. */
export function plain(level: number, channels = 3, side = 16): Picture {
  const data = new Uint8Array(side * side * channels).fill(level);
  return { data, height: side, width: side, channels };
}

/** One number: what a metric gives for one prediction. */
export async function measured(
  metric: Metric,
  target: Picture,
  prediction: Picture,
): Promise<number> {
  const { pictures } = await measurePictures([metric], [{ input: target, target, prediction }]);
  return pictures[metric.name]![0]!;
}
