/** What predictions of a few test pictures tell of a generator. */
import type { Picture } from "../interfaces/pictures.ts";

/** A test pair and its prediction, all of one size. */
export interface PredictedPair {
  readonly input: Picture;
  readonly target: Picture;
  readonly prediction: Picture;
}

/** Evidence from pictures; differences are mean absolute ones of values in 0…1. */
export interface PictureEvidence {
  /** Prediction against target. */
  readonly l1: number;
  /** Input against target; NaN if they differ in size or channels. */
  readonly inputL1: number;
  /** How much predictions differ from each other, as a share of how much the targets do. */
  readonly diversity: number;
  /** How much predictions differ from each other, as a share of how much the inputs do. */
  readonly response: number;
  /** The strongest peak of the predictions' spectrum at a period of 2, 4 or 8, over the targets'. */
  readonly checkerboard: number;
  /** Share of values at the ends of the range, beyond the targets' share. */
  readonly saturated: number;
}

/**
 * Compares predictions with targets, inputs and each other. At least two pairs are needed for
 * diversity and response; they are NaN of one.
 *
 * @example
 * ```ts
 * import { comparePictures } from "./pictures.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const grey = (value: number) => ({
 *   data: new Uint8Array(64 * 64).fill(value),
 *   width: 64,
 *   height: 64,
 *   channels: 1,
 * });
 * const pairs = [51, 153].map((value) => ({
 *   input: grey(value),
 *   target: grey(value),
 *   prediction: grey(102),
 * }));
 * const { l1, inputL1, diversity } = comparePictures(pairs);
 * assertAlmostEquals(l1, 0.2, 1e-6);
 * assertEquals([inputL1, diversity], [0, 0]);
 * ```
 */
export function comparePictures(pairs: readonly PredictedPair[]): PictureEvidence {
  const predictions = pairs.map(({ prediction }) => levelsOf(prediction));
  const targets = pairs.map(({ target }) => levelsOf(target));
  const inputs = pairs.map(({ input }) => levelsOf(input));
  const isAlike = pairs.every(({ input, target }) =>
    input.width === target.width && input.height === target.height &&
    input.channels === target.channels
  );
  const between = distances(predictions);
  const usual = peaksOf(pairs.map(({ target }) => target));
  return {
    l1: meanOf(predictions.map((own, index) => distance(own, targets[index]!))),
    inputL1: isAlike ? meanOf(inputs.map((own, index) => distance(own, targets[index]!))) : NaN,
    diversity: between / distances(targets),
    response: between / distances(inputs),
    checkerboard: Math.max(
      ...peaksOf(pairs.map(({ prediction }) => prediction)).map((peak, at) =>
        peak / Math.max(1, usual[at]!)
      ),
    ),
    saturated: meanOf(predictions.map((own, index) => extremes(own) - extremes(targets[index]!))),
  };
}

/** Values in 0…1. */
function levelsOf({ data }: Picture): Float32Array {
  const most = data instanceof Uint16Array ? 65_535 : 255;
  return Float32Array.from(data, (value) => value / most);
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

/** The mean distance between any two. */
function distances(pictures: readonly Float32Array[]): number {
  return meanOf(
    pictures.flatMap((one, index) => pictures.slice(index + 1).map((two) => distance(one, two))),
  );
}

/** The share of values that an 8-bit file would hold as 0 or 255. */
function extremes(levels: Float32Array): number {
  let count = 0;
  for (const level of levels) if (level < 0.5 / 255 || level > 254.5 / 255) count++;
  return count / levels.length;
}

/** Pixels of a line that is transformed; lines overlap by half. */
const LINE = 32;

/** Periods that layers of stride 2 leave behind: of the last layer, and of the two before it. */
const PERIODS = [2, 4, 8] as const;

/** The frequencies of these periods, and those beside them that {@link peaksOf} compares them with. */
const FREQUENCIES = [2, 4, 6, 8, 10, 13, 14, 16] as const;

/**
 * For each period how much more power there is at it than at frequencies beside it, along rows or
 * columns, whichever is more: the mean over lines of 32 pixels, Hann-windowed. Pictures without a
 * grid have about 1; a grid that nobody drew has a line in the spectrum there (Odena et al. 2016).
 */
export function peaksOf(pictures: readonly Picture[]): number[] {
  const [rows, columns] = [false, true].map((turned) => {
    const power = new Float64Array(LINE / 2 + 1);
    for (const picture of pictures) addPower(picture, turned, power);
    return PERIODS.map((period) => {
      const at = LINE / period;
      // A window spreads a peak to the places beside it; at the highest frequency both lie below it.
      const beside = period === 2 ? [at - 2, at - 3] : [at - 2, at + 2];
      const around = beside.map((place) => Math.max(power[place]!, 1e-12));
      return power[at]! / Math.sqrt(around[0]! * around[1]!);
    });
  });
  return PERIODS.map((_, index) => Math.max(rows![index]!, columns![index]!));
}

function addPower(picture: Picture, turned: boolean, power: Float64Array): void {
  const { width, height, channels } = picture;
  const [along, across] = turned ? [height, width] : [width, height];
  const step = turned ? width * channels : channels;
  const next = turned ? channels : width * channels;
  const scale = picture.data instanceof Uint16Array ? 255 / 65_535 : 1;
  const line = new Float64Array(LINE);
  for (let row = 0; row < across; row++) {
    for (let from = 0; from + LINE <= along; from += LINE / 2) {
      for (let i = 0; i < LINE; i++) {
        const place = row * next + (from + i) * step;
        let sum = 0;
        for (let channel = 0; channel < channels; channel++) sum += picture.data[place + channel]!;
        line[i] = sum * scale / channels;
      }
      const mean = line.reduce((sum, value) => sum + value, 0) / LINE;
      for (const k of FREQUENCIES) {
        let re = 0, im = 0;
        for (let i = 0; i < LINE; i++) {
          const value = (line[i]! - mean) * HANN[i]!;
          re += value * COSINES[k * i % LINE]!;
          im += value * SINES[k * i % LINE]!;
        }
        power[k]! += re * re + im * im;
      }
    }
  }
}

const turns = Array.from({ length: LINE }, (_, index) => 2 * Math.PI * index / LINE);
const COSINES = turns.map(Math.cos);
const SINES = turns.map(Math.sin);
const HANN = COSINES.map((cosine) => (1 - cosine) / 2);

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
