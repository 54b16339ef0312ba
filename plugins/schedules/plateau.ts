import { type MetricDescription, type Schedule, scoreOf } from "../../core/plugin.ts";

/** Options of {@link plateau}. */
export interface PlateauOptions {
  /** Learning rate of the first epochs. @default 2e-4 */
  readonly rate?: number;
  /**
   * What must get better: a loss, `{ name: "generator.l1", better: "lower" }`, or a metric, `psnr()`,
   * which `evaluateEvery` records. @default the sum of G's losses
   */
  readonly metric?: MetricDescription;
  /** What the rate is multiplied by when it has not. @default 0.2 */
  readonly factor?: number;
  /** Epochs with a value, in a row, that may pass without a better one. @default 5 */
  readonly patience?: number;
  /** By how much better counts as better, as a share of the best value. @default 0.01 */
  readonly threshold?: number;
  /** Epochs with a value after a fall in which none is counted. @default 0 */
  readonly cooldown?: number;
  /** What the rate does not fall below. @default 0 */
  readonly to?: number;
}

/**
 * A rate that falls when a loss or metric has stopped getting better (Torch's `ReduceLROnPlateau` with
 * `threshold_mode="rel"`; the policy "plateau" of pytorch-CycleGAN-and-pix2pix, whose constants are
 * the defaults).
 *
 * Epochs without a value, as between those of `evaluateEvery(5, …)`, are not counted. The share of a
 * best value below 0 is taken of its size, so that lower is better there too; Torch's is not.
 *
 * The sum of G's losses falls and rises with D's skill: where there is a discriminator, a loss that
 * does not depend on it, or a metric, is the better choice.
 *
 * @throws {RangeError} For a factor that would not lower the rate, a patience, cooldown or
 * threshold below 0, or a lowest rate above the first.
 *
 * @example
 * ```ts
 * import { plateau } from "./plateau.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = plateau({
 *   rate: 1,
 *   metric: { name: "generator.l1", better: "lower" },
 *   factor: 0.5,
 *   patience: 1,
 * });
 * const losses = [9, 8, 8, 8, 8].map((value) => ({ "generator.l1": value }));
 * const rates = [0, 1, 2, 3, 4, 5].map((epoch) =>
 *   rate({ epoch, epochs: 9, step: epoch, stepsPerEpoch: 1, history: losses.slice(0, epoch) })
 * );
 * assertEquals(rates, [1, 1, 1, 1, 0.5, 0.5]);
 * ```
 */
export function plateau({
  rate = 2e-4,
  metric: { name, better } = { name: "generator", better: "lower" },
  factor = 0.2,
  patience = 5,
  threshold = 0.01,
  cooldown = 0,
  to = 0,
}: PlateauOptions = {}): Schedule {
  if (!(factor >= 0 && factor < 1)) {
    throw new RangeError(
      `Cannot lower a rate by the factor ${factor}: 0 or more and less than 1 would work`,
    );
  }
  for (const [option, value] of Object.entries({ patience, threshold, cooldown })) {
    if (value >= 0) continue;
    throw new RangeError(`Cannot lower a rate with ${option}: ${value}, 0 or more would work`);
  }
  if (!(to >= 0 && to <= rate)) {
    throw new RangeError(
      `Cannot let a rate of ${rate} fall, but not below ${to}: 0 or more, and no more than the rate, would work`,
    );
  }
  const isBetter = (value: number, best: number): boolean =>
    scoreOf(value, better) > scoreOf(best, better) + threshold * Math.abs(best);

  const schedule: Schedule = ({ history = [] }) => {
    let [current, best, waited, cooling] = [rate, NaN, 0, 0];
    for (const { [name]: value } of history) {
      if (value === undefined) continue;
      if (Number.isNaN(best) || isBetter(value, best)) [best, waited] = [value, 0];
      else waited++;
      if (cooling > 0) [cooling, waited] = [cooling - 1, 0];
      if (waited <= patience) continue;
      [current, cooling, waited] = [Math.max(current * factor, to), cooldown, 0];
    }
    return current;
  };
  return Object.assign(schedule, { watches: name });
}
