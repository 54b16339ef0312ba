import { type MetricDescription, type Schedule, scoreOf } from "../../core/plugin.ts";

/** Options of {@link plateau}. */
export interface PlateauOptions {
  /** Learning rate of the first epochs. @default 2e-4 */
  readonly rate?: number;
  /**
   * The value to watch: a loss, e.g. `{ name: "generator.l1", better: "lower" }`, or a metric that
   * `evaluateEvery` records, e.g. `psnr()`. @default the sum of G's losses
   */
  readonly metric?: MetricDescription;
  /** Factor of the rate when the value stops improving. @default 0.2 */
  readonly factor?: number;
  /** Epochs with a value, in a row, that may pass without improvement. @default 5 */
  readonly patience?: number;
  /** Least improvement, as a share of the best value. @default 0.01 */
  readonly threshold?: number;
  /** Epochs with a value after a reduction that are not counted. @default 0 */
  readonly cooldown?: number;
  /** Lowest rate. @default 0 */
  readonly to?: number;
}

/**
 * Reduces the rate when a loss or metric stops improving (Torch's `ReduceLROnPlateau` with
 * `threshold_mode="rel"`; the policy "plateau" of pytorch-CycleGAN-and-pix2pix, whose constants are
 * the defaults).
 *
 * Epochs without a value, as between those of `evaluateEvery(5, …)`, are not counted. For best values
 * below 0 the threshold is a share of the absolute value, unlike Torch's.
 *
 * The sum of G's losses also depends on D: with a discriminator, watch a metric, or a loss that does
 * not depend on D.
 *
 * @throws {RangeError} If `factor` is not in [0, 1), `patience`, `cooldown` or `threshold` is negative,
 * or `to` is greater than `rate`.
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
      `Cannot lower a rate by the factor ${factor}. Use 0 or more and less than 1.`,
    );
  }
  for (const [option, value] of Object.entries({ patience, threshold, cooldown })) {
    if (value >= 0) continue;
    throw new RangeError(`Cannot lower a rate with ${option}: ${value}. Use 0 or more.`);
  }
  if (!(to >= 0 && to <= rate)) {
    throw new RangeError(
      `Cannot lower a rate of ${rate} to ${to}. Use 0 or more, and no more than the rate.`,
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
